package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows longer than a block, one token, one word, tokens left out, and numbers that are none. */
final class CudaLossesTest {
  private static final double ROUNDING = 2e-6;

  @ParameterizedTest
  @CsvSource({"1, 1", "33, 3", "3, 257", "300, 2", "2, 1000"})
  void shouldAgreeOnCrossEntropyWhenTokensAreLeftOut(int rows, int columns)
      throws CudaUnavailableException {
    Agreement.check(
        ROUNDING,
        bench -> {
          Tensor logits = bench.with(bench.filled(rows, columns), 0, 70);
          IndexTensor targets = bench.indices(-1, columns, rows);
          Tensor logSumExp = bench.filled(rows);
          Tensor gradient = bench.filled(rows, columns);
          Statistics loss = bench.statistics(3);
          bench.ops.losses().crossEntropyForward(logits, targets, logSumExp, loss, 1);
          bench.ops.losses().crossEntropyBackward(logits, logSumExp, targets, 0.25, gradient);
          bench.keep(logSumExp, gradient);
          bench.keep(loss);
        });
  }

  @Test
  void shouldCarryNonFiniteLogitsIntoTheLossAndOneRowOfTheGradient()
      throws CudaUnavailableException {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      Agreement.check(
          ROUNDING,
          bench -> {
            Tensor logits = bench.with(bench.filled(4, 40), 5, bad, 81, Double.NEGATIVE_INFINITY);
            IndexTensor targets = bench.indices(2, 40, 4);
            Tensor logSumExp = bench.filled(4);
            Tensor gradient = bench.filled(4, 40);
            Statistics loss = bench.statistics(1);
            bench.ops.losses().crossEntropyForward(logits, targets, logSumExp, loss, 0);
            bench.ops.losses().crossEntropyBackward(logits, logSumExp, targets, 1, gradient);
            bench.keep(logSumExp, gradient);
            bench.keep(loss);
          });
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "33, 3", "3, 257", "300, 2"})
  void shouldAgreeOnTheHiddenLossWhenEntriesAreZeroOrNotFinite(int rows, int columns)
      throws CudaUnavailableException {
    Agreement.check(
        ROUNDING,
        bench -> {
          Tensor x = bench.with(bench.filled(rows, columns), 0, 0);
          if (rows > 2) {
            bench.with(x, columns, -60, 2 * columns, Double.NaN);
          }
          Tensor logSumExp = bench.filled(rows);
          Tensor gradient = bench.filled(rows, columns);
          Statistics loss = bench.statistics(2);
          bench.ops.losses().hiddenZForward(x, logSumExp, loss, 1);
          bench.ops.losses().hiddenZBackward(x, logSumExp, 0.125, gradient);
          bench.keep(logSumExp, gradient);
          bench.keep(loss);
        });
  }
}
