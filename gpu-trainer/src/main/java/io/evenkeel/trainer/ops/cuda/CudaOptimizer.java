package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.AdamWSlot;
import io.evenkeel.trainer.ops.AdamWStep;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.OptimizerPlan;
import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.List;

/** adamw.cu, selection_bias.cu. */
final class CudaOptimizer implements OptimizerOps {
  private static final int BLOCK = CudaReduction.BLOCK;

  private final CudaRuntime runtime;
  private final CudaKernel gradientSquares;
  private final CudaKernel slotSums;
  private final CudaKernel clipCoefficient;
  private final CudaKernel adamW;
  private final CudaKernel selectionBias;

  CudaOptimizer(CudaRuntime runtime) {
    this.runtime = runtime;
    gradientSquares = runtime.kernel("gradient_squares");
    slotSums = runtime.kernel("slot_sums");
    clipCoefficient = runtime.kernel("clip_coefficient");
    adamW = runtime.kernel("adamw");
    selectionBias = runtime.kernel("selection_bias");
  }

  @Override
  public OptimizerPlan prepare(List<AdamWSlot> slots) {
    return CudaOptimizerPlan.prepare(runtime, slots);
  }

  @Override
  public void gradientSquares(OptimizerPlan plan, Statistics into, int at) {
    CudaOptimizerPlan tables = CudaOptimizerPlan.of(plan);
    int entries = StatisticsOps.SQUARES_ENTRIES;
    ShapeChecks.room(into, at, entries * plan.slots().size());
    CudaBuffer partials = runtime.workspace(CudaReduction.bytes(tables.chunkCount(), entries));
    gradientSquares
        .grid(tables.chunkCount())
        .block(BLOCK)
        .device(tables.table())
        .device(tables.chunks())
        .device(partials)
        .launch();
    sumChunks(tables, partials, 0, entries, into, at);
  }

  private void sumChunks(
      CudaOptimizerPlan tables,
      CudaBuffer partials,
      long offset,
      int entries,
      Statistics into,
      int at) {
    slotSums
        .grid(tables.slots().size())
        .block(BLOCK)
        .device(partials, offset)
        .device(tables.firstChunks())
        .statistics(into, at)
        .integer(entries)
        .launch();
  }

  @Override
  public void adamW(
      OptimizerPlan plan,
      AdamWStep step,
      Statistics squares,
      int squaresAt,
      Statistics below,
      int belowAt) {
    CudaOptimizerPlan tables = CudaOptimizerPlan.of(plan);
    int slots = plan.slots().size();
    ShapeChecks.room(squares, squaresAt, slots * StatisticsOps.SQUARES_ENTRIES);
    ShapeChecks.room(below, belowAt, slots * BELOW_ENTRIES);
    long partials = Double.BYTES;
    CudaBuffer scratch =
        runtime.workspace(partials + CudaReduction.bytes(tables.chunkCount(), BELOW_ENTRIES));
    clipCoefficient
        .grid(1)
        .block(BLOCK)
        .statistics(squares, squaresAt)
        .device(scratch)
        .integer(slots)
        .precise(step.clip())
        .launch();
    double correction = step.biasCorrection2();
    adamW
        .grid(tables.chunkCount())
        .block(BLOCK)
        .device(tables.table())
        .device(tables.factors())
        .device(tables.chunks())
        .device(scratch)
        .precise(step.learningRate() * step.weightDecay())
        .precise(step.learningRate() / step.biasCorrection1())
        .real(step.beta1())
        .real(1 - step.beta1())
        .real(step.beta2())
        .real(1 - step.beta2())
        .real(1 / correction)
        .real(step.epsilon())
        .real(floatAtLeast(correction * step.epsilon() * step.epsilon()))
        .device(scratch, partials)
        .launch();
    sumChunks(tables, scratch, partials, BELOW_ENTRIES, below, belowAt);
  }

  /** The least float that is not below the value: for a float x, x < value iff x < that. */
  private static float floatAtLeast(double value) {
    float nearest = (float) value;
    return nearest < value ? Math.nextUp(nearest) : nearest;
  }

  @Override
  public void updateSelectionBias(
      RoutingShape shape,
      Tensor bias,
      Statistics counts,
      RoutingLayout countsAt,
      long tokens,
      double mu) {
    ShapeChecks.bias(shape, bias);
    selectionBias
        .grid(CudaKernel.blocks(shape.ffnExperts(), BLOCK))
        .block(BLOCK)
        .tensor(bias)
        .statistics(counts, countsAt.load())
        .integer(shape.ffnExperts())
        .precise(shape.ffnExpertsTarget() / shape.topK() / shape.ffnExperts())
        .precise((double) shape.topK() * tokens)
        .precise(mu)
        .launch();
  }
}
