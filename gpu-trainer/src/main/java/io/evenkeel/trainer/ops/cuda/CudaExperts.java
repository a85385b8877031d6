package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.ExpertBuffers;
import io.evenkeel.trainer.ops.ExpertWeights;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.tensor.Tensor;

/**
 * The FFN experts: tokens gathered by expert, one grouped product a weight: experts.cu,
 * experts_tf32.cu. How many slots an expert has is known to the device alone: grids are cut for the
 * most that there can be. Shapes are checked by the caller.
 */
final class CudaExperts {
  private static final int TILE = 64;
  private static final int ROWS_PER_BLOCK = 4;
  private static final int ROW_THREADS = 128;

  private final int threads;
  private final CudaKernel gather;
  private final CudaKernel gateUp;
  private final CudaKernel down;
  private final CudaKernel backwardHidden;
  private final CudaKernel backwardInput;
  private final CudaKernel backwardWeight;
  private final CudaKernel scatterAdd;

  CudaExperts(CudaRuntime runtime, GemmPrecision precision) {
    boolean tensorCores = precision == GemmPrecision.TF32;
    String suffix = tensorCores ? "_tf32_64" : "_64";
    threads = tensorCores ? 128 : 256;
    gather = runtime.kernel("experts_gather");
    gateUp = runtime.kernel("experts_gate_up" + suffix);
    down = runtime.kernel("experts_down" + suffix);
    backwardHidden = runtime.kernel("experts_backward_hidden" + suffix);
    backwardInput = runtime.kernel("experts_backward_input" + suffix);
    backwardWeight = runtime.kernel("experts_backward_weight" + suffix);
    scatterAdd = runtime.kernel("experts_scatter_add");
  }

  /** As MoeOps.expertsForward. */
  void forward(RoutingPlan plan, Tensor x, ExpertWeights weights, ExpertBuffers buffers) {
    int experts = plan.offsets().shape().size() - 1;
    int width = x.shape().last();
    int hiddenWidth = buffers.hidden().shape().last();
    gather
        .grid(CudaKernel.blocks(plan.capacity(), ROWS_PER_BLOCK))
        .block(ROW_THREADS)
        .indices(plan.offsets())
        .integer(experts)
        .indices(plan.slotToken())
        .tensor(x)
        .tensor(buffers.input())
        .integer(width)
        .launch();
    begin(gateUp, plan, hiddenWidth)
        .tensor(buffers.input())
        .tensor(weights.gate())
        .tensor(weights.up())
        .tensor(buffers.gate())
        .tensor(buffers.up())
        .tensor(buffers.hidden())
        .integer(width)
        .integer(hiddenWidth)
        .launch();
    begin(down, plan, width)
        .tensor(buffers.hidden())
        .tensor(weights.down())
        .tensor(buffers.output())
        .integer(width)
        .integer(hiddenWidth)
        .launch();
  }

  /** As MoeOps.expertsBackward. */
  void backward(
      RoutingPlan plan,
      ExpertWeights weights,
      ExpertBuffers buffers,
      ExpertBuffers gradients,
      ExpertWeights dWeights,
      Tensor dX) {
    int width = dX.shape().last();
    int hiddenWidth = buffers.hidden().shape().last();
    begin(backwardHidden, plan, hiddenWidth)
        .tensor(gradients.output())
        .tensor(weights.down())
        .tensor(buffers.gate())
        .tensor(buffers.up())
        .tensor(gradients.gate())
        .tensor(gradients.up())
        .integer(width)
        .integer(hiddenWidth)
        .launch();
    backwardWeight(plan, gradients.output(), buffers.hidden(), dWeights.down());
    backwardWeight(plan, gradients.gate(), buffers.input(), dWeights.gate());
    backwardWeight(plan, gradients.up(), buffers.input(), dWeights.up());
    begin(backwardInput, plan, width)
        .tensor(gradients.gate())
        .tensor(gradients.up())
        .tensor(weights.gate())
        .tensor(weights.up())
        .tensor(gradients.input())
        .integer(width)
        .integer(hiddenWidth)
        .launch();
    scatterAdd
        .grid(CudaKernel.blocks(plan.tokens(), ROWS_PER_BLOCK))
        .block(ROW_THREADS)
        .indices(plan.tokenSlots())
        .tensor(gradients.input())
        .tensor(dX)
        .integer(plan.tokens())
        .integer(plan.tokenSlots().shape().last())
        .integer(width)
        .launch();
  }

  /** Begins a product over all slots: row tiles of every expert, and column tiles. */
  private CudaKernel begin(CudaKernel kernel, RoutingPlan plan, int columns) {
    int experts = plan.offsets().shape().size() - 1;
    return kernel
        .grid(CudaKernel.blocks(plan.capacity(), TILE) + experts, CudaKernel.blocks(columns, TILE))
        .block(threads)
        .indices(plan.offsets())
        .integer(experts);
  }

  /** {@code dWeight_i += dY_i^T x_i} for every expert i. */
  private void backwardWeight(RoutingPlan plan, Tensor dY, Tensor x, Tensor dWeight) {
    int rows = dWeight.shape().extent(1);
    int columns = dWeight.shape().last();
    backwardWeight
        .grid(
            CudaKernel.blocks(columns, TILE),
            CudaKernel.blocks(rows, TILE),
            dWeight.shape().extent(0))
        .block(threads)
        .indices(plan.offsets())
        .tensor(dY)
        .tensor(x)
        .tensor(dWeight)
        .integer(rows)
        .integer(columns)
        .launch();
  }
}
