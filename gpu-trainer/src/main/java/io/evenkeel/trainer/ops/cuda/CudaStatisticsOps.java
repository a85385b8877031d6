package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/** statistics.cu, cosines.cu. */
final class CudaStatisticsOps implements StatisticsOps {
  private static final int COLUMN_BLOCK = 128;
  private static final int BLOCK = CudaReduction.BLOCK;
  private static final int WARPS = BLOCK / 32;

  /** Which of the figures is a maximum. */
  private static final int MAX_ACTIVATION = 4;

  private static final int MAX_LOGIT = 1;

  private final CudaRuntime runtime;
  private final CudaReduction reduction;
  private final CudaKernel activationSums;
  private final CudaKernel routerStatistics;
  private final CudaKernel sumOfSquares;
  private final CudaKernel columnSums;
  private final CudaKernel values;
  private final CudaKernel inverseNorms;
  private final CudaKernel rowCosines;
  private final CudaKernel rowCosineMeans;
  private final CudaKernel slotCosines;

  CudaStatisticsOps(CudaRuntime runtime) {
    this.runtime = runtime;
    reduction = new CudaReduction(runtime);
    activationSums = runtime.kernel("activation_sums");
    routerStatistics = runtime.kernel("router_statistics");
    sumOfSquares = runtime.kernel("sum_of_squares");
    columnSums = runtime.kernel("column_sums");
    values = runtime.kernel("values");
    inverseNorms = runtime.kernel("inverse_norms");
    rowCosines = runtime.kernel("row_cosines");
    rowCosineMeans = runtime.kernel("row_cosine_means");
    slotCosines = runtime.kernel("slot_cosines");
  }

  @Override
  public void activationSums(Tensor x, double threshold, Statistics into, int at) {
    ShapeChecks.room(into, at, ACTIVATION_ENTRIES);
    int entries = x.shape().size();
    int blocks = CudaReduction.blocksFor(entries);
    CudaBuffer partials = runtime.workspace(CudaReduction.bytes(blocks, ACTIVATION_ENTRIES));
    activationSums
        .grid(blocks)
        .block(BLOCK)
        .tensor(x)
        .integer(entries)
        .precise(threshold)
        .device(partials)
        .launch();
    reduction.sumWithMax(partials, blocks, ACTIVATION_ENTRIES, MAX_ACTIVATION, into, at);
  }

  @Override
  public void routerStatistics(
      Tensor logits, Tensor probabilities, Tensor logSumExp, Statistics into, int at) {
    ShapeChecks.softmax(logits, probabilities, logSumExp);
    ShapeChecks.room(into, at, ROUTER_ENTRIES);
    int tokens = logits.shape().rows();
    int blocks = CudaReduction.blocksForRows(tokens);
    CudaBuffer partials = runtime.workspace(CudaReduction.bytes(blocks, ROUTER_ENTRIES));
    routerStatistics
        .grid(blocks)
        .block(BLOCK)
        .tensor(logits)
        .tensor(probabilities)
        .tensor(logSumExp)
        .device(partials)
        .integer(tokens)
        .integer(logits.shape().last())
        .launch();
    reduction.sumWithMax(partials, blocks, ROUTER_ENTRIES, MAX_LOGIT, into, at);
  }

  @Override
  public void squares(Tensor x, Statistics into, int at) {
    ShapeChecks.room(into, at, SQUARES_ENTRIES);
    int entries = x.shape().size();
    int blocks = CudaReduction.blocksFor(entries);
    CudaBuffer partials = runtime.workspace(CudaReduction.bytes(blocks, SQUARES_ENTRIES));
    sumOfSquares.grid(blocks).block(BLOCK).tensor(x).integer(entries).device(partials).launch();
    reduction.sum(partials, 0, blocks, SQUARES_ENTRIES, into, at);
  }

  @Override
  public void columnSums(Tensor x, Statistics into, int at) {
    int columns = x.shape().last();
    ShapeChecks.room(into, at, columns);
    int rows = x.shape().rows();
    int chunk = CudaReduction.chunkOf(rows);
    int chunks = CudaKernel.blocks(rows, chunk);
    CudaBuffer partials = runtime.workspace(CudaReduction.bytes(chunks, columns));
    columnSums
        .grid(chunks, CudaKernel.blocks(columns, COLUMN_BLOCK))
        .block(COLUMN_BLOCK)
        .tensor(x)
        .device(partials)
        .integer(rows)
        .integer(columns)
        .integer(chunk)
        .launch();
    reduction.sum(partials, 0, chunks, columns, into, at);
  }

  @Override
  public void values(Tensor x, Statistics into, int at) {
    int entries = x.shape().size();
    ShapeChecks.room(into, at, entries);
    values
        .grid(CudaKernel.blocks(entries, BLOCK))
        .block(BLOCK)
        .tensor(x)
        .statistics(into, at)
        .integer(entries)
        .launch();
  }

  @Override
  public void rowCosines(Tensor weight, int ffnRows, Statistics into, int at) {
    ShapeChecks.room(into, at, 2);
    int rows = weight.shape().rows();
    int columns = weight.shape().last();
    int blocks = CudaKernel.blocks(columns, BLOCK);
    long partials = CudaReduction.bytes(rows, 1);
    CudaBuffer norms = runtime.workspace(partials + CudaReduction.bytes(blocks, 2));
    inverseNorms(weight, rows, norms);
    rowCosines
        .grid(blocks)
        .block(BLOCK)
        .tensor(weight)
        .device(norms)
        .device(norms, partials)
        .integer(rows)
        .integer(ffnRows)
        .integer(columns)
        .launch();
    rowCosineMeans
        .grid(1)
        .block(BLOCK)
        .device(norms, partials)
        .statistics(into, at)
        .integer(blocks)
        .integer(rows)
        .integer(ffnRows)
        .launch();
  }

  private void inverseNorms(Tensor x, int rows, CudaBuffer norms) {
    inverseNorms
        .grid(CudaKernel.blocks(rows, WARPS))
        .block(BLOCK)
        .tensor(x)
        .device(norms)
        .integer(rows)
        .integer(x.shape().last())
        .launch();
  }

  @Override
  public void slotCosines(RoutingPlan plan, Tensor rows, Statistics into, int at) {
    ShapeChecks.room(into, at, 1);
    int slots = plan.capacity();
    int blocks = Math.min(plan.tokens(), CudaReduction.blocksFor(rows.shape().size()));
    long partials = CudaReduction.bytes(slots, 1);
    CudaBuffer norms = runtime.workspace(partials + CudaReduction.bytes(blocks, 1));
    inverseNorms(rows, slots, norms);
    slotCosines
        .grid(blocks)
        .block(BLOCK)
        .tensor(rows)
        .indices(plan.tokenSlots())
        .device(norms)
        .device(norms, partials)
        .integer(plan.tokens())
        .integer(plan.selected().shape().last())
        .integer(rows.shape().last())
        .launch();
    reduction.sum(norms, partials, blocks, 1, into, at);
  }
}
