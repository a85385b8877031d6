package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes beyond one block, and numbers that are none. */
final class CudaStatisticsOpsTest {
  private static final double NAN = Double.NaN;
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  @ParameterizedTest
  @ValueSource(ints = {1, 33, 257, 5000})
  void shouldSumPowersInDoubleWhenSomeEntriesAreNotFinite(int size)
      throws CudaUnavailableException {
    Agreement.check(
        1e-12,
        bench -> {
          Tensor x = bench.filled(size);
          Statistics sums = bench.statistics(30);
          bench.ops.statistics().activationSums(x, 0.7, sums, 0);
          bench.ops.statistics().squares(x, sums, 7);
          bench.with(x, 0, NAN, size / 2, -INFINITY, size - 1, 1e30);
          bench.ops.statistics().activationSums(x, 0.7, sums, 10);
          bench.ops.statistics().activationSums(x, -1, sums, 17);
          bench.keep(sums);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5000})
  void shouldTellNonFiniteSquaresWhenAnEntryIs(int size) throws CudaUnavailableException {
    for (double bad : new double[] {NAN, INFINITY, -INFINITY}) {
      Agreement.check(
          1e-12,
          bench -> {
            Statistics sums = bench.statistics(3);
            bench.ops.statistics().squares(bench.with(bench.filled(size), 0, bad), sums, 0);
            bench.keep(sums);
          });
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "33, 3", "70, 768", "300, 5"})
  void shouldAgreeOnRouterStatisticsWhenSomeTokensHaveNoFiniteLogits(int tokens, int experts)
      throws CudaUnavailableException {
    Agreement.check(
        2e-6,
        bench -> {
          Tensor logits = bench.filled(tokens, experts);
          if (tokens > 2) {
            bench.with(logits, 0, NAN, 1, INFINITY, experts, -INFINITY, 2 * experts, -110);
          }
          Tensor probabilities = bench.filled(tokens, experts);
          Tensor logSumExp = bench.filled(tokens);
          bench.ops.moe().softmaxForward(logits, probabilities, logSumExp);
          Statistics sums = bench.statistics(6);
          bench.ops.statistics().routerStatistics(logits, probabilities, logSumExp, sums, 1);
          bench.keep(sums);
        });
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "33, 3", "70, 768", "300, 5"})
  void shouldSumColumnsAndCopyValues(int rows, int columns) throws CudaUnavailableException {
    Agreement.check(
        1e-13,
        bench -> {
          Tensor x = bench.filled(rows, columns);
          Statistics sums = bench.statistics(2 * columns + rows * columns);
          bench.ops.statistics().columnSums(x, sums, 0);
          bench.ops.statistics().values(x, sums, 2 * columns);
          bench.with(x, 0, INFINITY, columns * rows - 1, NAN);
          bench.ops.statistics().columnSums(x, sums, columns);
          bench.keep(sums);
        });
  }

  @ParameterizedTest(name = "[{0},{1}] and the first {2}")
  @CsvSource({"1, 1, 1", "2, 1, 1", "3, 1, 2", "24, 33, 16", "70, 300, 70"})
  void shouldAgreeOnCosinesOfRowsWhenSomeAreZero(int rows, int columns, int ffnRows)
      throws CudaUnavailableException {
    Agreement.check(
        1e-12,
        bench -> {
          Tensor weight = bench.filled(rows, columns);
          Statistics cosines = bench.statistics(8);
          bench.ops.statistics().rowCosines(weight, ffnRows, cosines, 0);
          for (int i = 0; i < columns; i++) {
            bench.with(weight, i, 0);
          }
          bench.ops.statistics().rowCosines(weight, ffnRows, cosines, 2);
          if (rows > 2) {
            bench.with(weight, rows * columns - 1, NAN);
            bench.ops.statistics().rowCosines(weight, 2, cosines, 4);
            bench.with(weight, rows * columns - 1, INFINITY);
            bench.ops.statistics().rowCosines(weight, 2, cosines, 6);
          }
          bench.keep(cosines);
        });
  }

  @ParameterizedTest(name = "T={0} N={1} d={2}")
  @CsvSource({"1, 1, 1", "5, 2, 1", "33, 3, 7", "3, 40, 300"})
  void shouldAgreeOnCosinesOfTheSlotsOfATokenWhenSomeAreZero(int tokens, int experts, int width)
      throws CudaUnavailableException {
    RoutingShape all = new RoutingShape(experts, 0, experts, experts, 1);
    Agreement.check(
        1e-12,
        bench -> {
          RoutingPlan plan = RoutingPlan.allocate(bench.ops.memory(), all, tokens);
          bench.ops.moe().routeToAll(plan);
          Tensor rows = bench.filled(plan.capacity(), width);
          Statistics cosines = bench.statistics(3);
          bench.ops.statistics().slotCosines(plan, rows, cosines, 0);
          for (int i = 0; i < width; i++) {
            bench.with(rows, i, 0);
          }
          bench.ops.statistics().slotCosines(plan, rows, cosines, 1);
          bench.keep(cosines);
        });
  }
}
