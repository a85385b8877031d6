package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/** route.cu, routing_statistics.cu. Shapes are checked by the caller. */
final class CudaRouter {
  private static final int BLOCK = 128;
  private static final int SELECT_ROWS = BLOCK / 32;
  private static final int OFFSETS_BLOCK = 256;
  private static final int ALL_BLOCK = 256;

  private final CudaRuntime runtime;
  private final CudaReduction reduction;
  private final CudaKernel select;
  private final CudaKernel count;
  private final CudaKernel totals;
  private final CudaKernel offsets;
  private final CudaKernel scatter;
  private final CudaKernel toAll;
  private final CudaKernel statistics;

  CudaRouter(CudaRuntime runtime, CudaReduction reduction) {
    this.runtime = runtime;
    this.reduction = reduction;
    select = runtime.kernel("route_select");
    count = runtime.kernel("route_count");
    totals = runtime.kernel("route_totals");
    offsets = runtime.kernel("route_offsets");
    scatter = runtime.kernel("route_scatter");
    toAll = runtime.kernel("route_to_all");
    statistics = runtime.kernel("routing_statistics");
  }

  void route(RoutingShape shape, Tensor probabilities, Tensor bias, RoutingPlan plan) {
    select
        .grid(CudaKernel.blocks(plan.tokens(), SELECT_ROWS))
        .block(BLOCK)
        .tensor(probabilities)
        .tensor(bias)
        .indices(plan.selected())
        .integer(plan.tokens())
        .integer(shape.experts())
        .integer(shape.topK())
        .launch();
    sortByExpert(shape, plan);
  }

  private void sortByExpert(RoutingShape shape, RoutingPlan plan) {
    int chunk = CudaReduction.chunkOf(plan.tokens());
    int chunks = CudaKernel.blocks(plan.tokens(), chunk);
    int experts = shape.ffnExperts();
    int expertBlocks = CudaKernel.blocks(experts, BLOCK);
    CudaBuffer counts = runtime.workspace((long) Integer.BYTES * chunks * experts);
    count
        .grid(chunks, expertBlocks)
        .block(BLOCK)
        .indices(plan.selected())
        .device(counts)
        .integer(plan.tokens())
        .integer(shape.topK())
        .integer(experts)
        .integer(chunk)
        .launch();
    totals
        .grid(expertBlocks)
        .block(BLOCK)
        .device(counts)
        .indices(plan.offsets())
        .integer(chunks)
        .integer(experts)
        .launch();
    offsets.grid(1).block(OFFSETS_BLOCK).indices(plan.offsets()).integer(experts).launch();
    scatter
        .grid(chunks, expertBlocks)
        .block(BLOCK)
        .indices(plan.selected())
        .device(counts)
        .indices(plan.offsets())
        .indices(plan.slotToken())
        .indices(plan.tokenSlots())
        .integer(plan.tokens())
        .integer(shape.topK())
        .integer(experts)
        .integer(chunk)
        .launch();
  }

  void routeToAll(RoutingPlan plan) {
    int experts = plan.offsets().shape().size() - 1;
    if (plan.selected().shape().last() != experts) {
      throw new IllegalArgumentException("routeToAll needs a plan with K == N");
    }
    toAll
        .grid(CudaKernel.blocks(Math.max(plan.capacity(), experts + 1), ALL_BLOCK))
        .block(ALL_BLOCK)
        .indices(plan.selected())
        .indices(plan.offsets())
        .indices(plan.slotToken())
        .indices(plan.tokenSlots())
        .integer(plan.tokens())
        .integer(experts)
        .launch();
  }

  void statistics(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Statistics into,
      RoutingLayout at) {
    int chunk = CudaReduction.chunkOf(plan.tokens());
    int chunks = CudaKernel.blocks(plan.tokens(), chunk);
    int width = at.end() - at.at();
    CudaBuffer partials = runtime.workspace(CudaReduction.bytes(chunks, width));
    statistics
        .grid(chunks, CudaKernel.blocks(shape.experts() + shape.groups() + 1, BLOCK))
        .block(BLOCK)
        .tensor(probabilities)
        .indices(plan.selected())
        .device(partials)
        .integer(plan.tokens())
        .integer(shape.topK())
        .integer(shape.experts())
        .integer(shape.ffnExperts())
        .integer(shape.groups())
        .integer(chunk)
        .launch();
    reduction.sum(partials, 0, chunks, width, into, at.at());
  }
}
