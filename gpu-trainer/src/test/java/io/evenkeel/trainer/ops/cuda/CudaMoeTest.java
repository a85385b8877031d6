package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.cuda.Agreement.Bench;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes beyond one warp, block or chunk, and numbers that are none. */
final class CudaMoeTest {
  private static final double ROUNDING = 2e-6;

  private static RoutingShape shape(int ffn, int zero, int topK, int groups) {
    return new RoutingShape(ffn, zero, topK, zero == 0 ? topK : 0.7 * topK, groups);
  }

  private static void keep(Bench bench, RoutingPlan plan) {
    int experts = plan.offsets().shape().size() - 1;
    int[] offsets = bench.ops.memory().toArray(plan.offsets());
    bench.keep(plan.selected(), plan.capacity());
    bench.keep(plan.offsets(), experts + 1);
    bench.keep(plan.slotToken(), offsets[experts]);
    bench.keep(plan.tokenSlots(), plan.capacity());
  }

  @ParameterizedTest(name = "T={0} N={1} Z={2} K={3} D={4}")
  @CsvSource({
    "1, 3, 0, 3, 1",
    "33, 3, 0, 1, 3",
    "33, 4, 2, 6, 2",
    "70, 512, 256, 12, 8",
    "65, 2, 300, 5, 1"
  })
  void shouldRouteAndCountAsTheReferenceWhenScoresTie(
      int tokens, int ffn, int zero, int topK, int groups) throws CudaUnavailableException {
    RoutingShape shape = shape(ffn, zero, topK, groups);
    int experts = shape.experts();
    Agreement.check(
        1e-15,
        bench -> {
          Tensor scores = bench.coarse(tokens, experts);
          Tensor bias = bench.coarse(experts);
          RoutingPlan plan = RoutingPlan.allocate(bench.ops.memory(), shape, tokens);
          bench.ops.moe().route(shape, scores, bias, plan);
          keep(bench, plan);
          RoutingLayout layout = new RoutingLayout(3, experts, groups);
          Statistics counts = bench.statistics(layout.end() + 2);
          bench.ops.moe().routingStatistics(shape, plan, scores, counts, layout);
          bench.keep(counts);
        });
  }

  @Test
  void shouldRankNanAndNegativeInfinityLastWhenScoresAreNotNumbers()
      throws CudaUnavailableException {
    RoutingShape shape = shape(34, 2, 3, 2);
    double nan = Double.NaN;
    double infinity = Double.POSITIVE_INFINITY;
    Agreement.check(
        0,
        bench -> {
          Tensor scores =
              bench.with(
                  bench.coarse(3, 36), 0, nan, 7, nan, 35, infinity, 36, infinity, 37, -infinity);
          for (int i = 0; i < 36; i++) {
            bench.with(scores, 72 + i, i % 3 == 0 ? -infinity : nan);
          }
          Tensor bias = bench.with(bench.coarse(36), 2, -infinity, 3, infinity, 4, -0.0, 5, 0);
          RoutingPlan plan = RoutingPlan.allocate(bench.ops.memory(), shape, 3);
          bench.ops.moe().route(shape, scores, bias, plan);
          keep(bench, plan);
        });
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "33, 3", "5, 300"})
  void shouldFillThePlanWhenEveryTokenGoesToEveryExpert(int tokens, int experts)
      throws CudaUnavailableException {
    RoutingShape all = shape(experts, 0, experts, 1);
    Agreement.check(
        0,
        bench -> {
          RoutingPlan plan = RoutingPlan.allocate(bench.ops.memory(), all, tokens);
          bench.ops.moe().routeToAll(plan);
          keep(bench, plan);
        });
  }

  @Test
  void shouldRefuseToSendToAllWhenThePlanHoldsFewer() throws CudaUnavailableException {
    EmulatedGpu.get();
    try (CudaTensorOps ops = CudaTensorOps.open(GemmPrecision.FP32, 0)) {
      RoutingPlan plan = RoutingPlan.allocate(ops.memory(), shape(3, 0, 2, 1), 2);
      assertThatThrownBy(() -> ops.moe().routeToAll(plan))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "33, 3", "9, 768", "17, 65"})
  void shouldAgreeOnTheSoftmaxWhenLogitsAreWildOrNotFinite(int rows, int columns)
      throws CudaUnavailableException {
    Agreement.check(
        ROUNDING,
        bench -> {
          Tensor logits = bench.filled(rows, columns);
          if (columns > 2) {
            double infinity = Double.POSITIVE_INFINITY;
            bench.with(logits, 0, 80, 1, -90, columns, -infinity, 2 * columns, Double.NaN);
            bench.with(logits, columns * rows - 1, rows > 3 ? infinity : 0);
          }
          Tensor probabilities = bench.filled(rows, columns);
          Tensor logSumExp = bench.filled(rows);
          bench.ops.moe().softmaxForward(logits, probabilities, logSumExp);
          Tensor gradient = bench.filled(rows, columns);
          bench.ops.moe().softmaxBackward(probabilities, bench.filled(rows, columns), gradient);
          bench.keep(probabilities, logSumExp, gradient);
        });
  }

  @ParameterizedTest(name = "T={0} d={1} N={2} Z={3} K={4}")
  @CsvSource({"1, 1, 3, 0, 3", "33, 1, 4, 2, 3", "7, 200, 6, 3, 9", "5, 33, 40, 20, 12"})
  void shouldCombineAsTheReference(int tokens, int width, int ffn, int zero, int topK)
      throws CudaUnavailableException {
    RoutingShape shape = shape(ffn, zero, topK, 1);
    int experts = shape.experts();
    Agreement.check(
        ROUNDING,
        bench -> {
          Tensor gates = bench.filled(tokens, experts);
          RoutingPlan plan = RoutingPlan.allocate(bench.ops.memory(), shape, tokens);
          bench.ops.moe().route(shape, gates, bench.filled(experts), plan);
          Tensor x = bench.filled(tokens, width);
          Tensor output = bench.filled(plan.capacity(), width);
          Tensor sum = bench.filled(tokens, width);
          Tensor out = bench.filled(tokens, width);
          bench.ops.moe().combineForward(shape, plan, gates, x, output, 1.5, sum, out);
          Tensor dOutput = bench.filled(plan.capacity(), width);
          Tensor dGates = bench.filled(tokens, experts);
          Tensor dX = bench.filled(tokens, width);
          Tensor dOut = bench.filled(tokens, width);
          bench
              .ops
              .moe()
              .combineBackward(shape, plan, gates, x, output, 1.5, dOut, dOutput, dGates, dX);
          bench.keep(sum, out, dOutput, dGates, dX);
        });
  }

  @ParameterizedTest(name = "T={0} N={1} Z={2} K={3} D={4}")
  @CsvSource({"1, 3, 0, 2, 3", "33, 4, 2, 3, 2", "70, 512, 256, 12, 8"})
  void shouldAgreeOnTheLoadBalanceGradientAndTheBias(
      int tokens, int ffn, int zero, int topK, int groups) throws CudaUnavailableException {
    RoutingShape shape = shape(ffn, zero, topK, groups);
    int experts = shape.experts();
    Agreement.check(
        1e-5,
        bench -> {
          Tensor probabilities = bench.filled(tokens, experts);
          bench
              .ops
              .moe()
              .softmaxForward(bench.filled(tokens, experts), probabilities, bench.filled(tokens));
          RoutingPlan plan = RoutingPlan.allocate(bench.ops.memory(), shape, tokens);
          Tensor bias = bench.coarse(experts);
          bench.ops.moe().route(shape, probabilities, bias, plan);
          RoutingLayout layout = new RoutingLayout(1, experts, groups);
          Statistics counts = bench.statistics(layout.end());
          Statistics squares = bench.statistics(1);
          bench.ops.moe().routingStatistics(shape, plan, probabilities, counts, layout);
          Tensor gradient = bench.ops.memory().allocate(probabilities.shape());
          bench
              .ops
              .moe()
              .loadBalanceBackward(shape, probabilities, counts, layout, 0.3, gradient, squares, 0);
          bench.ops.optimizer().updateSelectionBias(shape, bias, counts, layout, tokens, 0.1);
          bench.keep(gradient, bias);
          bench.keep(squares);
        });
  }

  @Test
  void shouldLeaveNoGradientAtTheLogitsWhenAllExpertsAreOneGroup() throws CudaUnavailableException {
    RoutingShape shape = shape(24, 0, 4, 1);
    RoutingLayout layout = new RoutingLayout(0, 24, 1);
    EmulatedGpu.get();
    try (CudaTensorOps ops = CudaTensorOps.open(GemmPrecision.FP32, 0)) {
      Tensor probabilities = ops.memory().allocate(Shape.of(9, 24));
      Tensor logits = ops.memory().allocate(Shape.of(9, 24));
      ops.memory().write(logits, new SplittableRandom(1).doubles(9 * 24, -3, 3).toArray());
      ops.moe().softmaxForward(logits, probabilities, ops.memory().allocate(Shape.of(9)));
      RoutingPlan plan = RoutingPlan.allocate(ops.memory(), shape, 9);
      ops.moe().route(shape, probabilities, ops.memory().allocate(Shape.of(24)), plan);
      Statistics sums = ops.memory().allocateStatistics(layout.end() + 1);
      ops.moe().routingStatistics(shape, plan, probabilities, sums, layout);
      ops.moe()
          .loadBalanceBackward(shape, probabilities, sums, layout, 1, logits, sums, layout.end());
      assertThat(ops.memory().toArray(sums)[layout.end()]).isLessThan(1e-30);
    }
  }
}
