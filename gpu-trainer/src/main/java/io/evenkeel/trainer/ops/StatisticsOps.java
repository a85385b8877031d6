package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/**
 * Sums and counts for telemetry. NaN and infinities are counted and kept out of the sums unless
 * said otherwise.
 */
public interface StatisticsOps {
  /** Entries that {@link #activationSums} writes. */
  int ACTIVATION_ENTRIES = 7;

  /** Entries that {@link #routerStatistics} writes. */
  int ROUTER_ENTRIES = 4;

  /** Entries that {@link #squares} writes. */
  int SQUARES_ENTRIES = 3;

  /**
   * Writes over the finite entries: sum, sum of squares, of cubes, of fourth powers, largest
   * magnitude, count of |x| &gt; threshold; and the count of non-finite entries.
   */
  void activationSums(Tensor x, double threshold, Statistics into, int at);

  /**
   * Writes over the tokens whose logits are finite: sum_t lse_t^2, the largest |z|, sum_t H(R_t) in
   * nats; and the count of non-finite logits: logits, probabilities [T,E], logSumExp [T].
   */
  void routerStatistics(
      Tensor logits, Tensor probabilities, Tensor logSumExp, Statistics into, int at);

  /**
   * Writes the plain sum of squares (NaN or infinite if an entry is), that over finite entries, and
   * the non-finite count.
   */
  void squares(Tensor x, Statistics into, int at);

  /** Writes {@code sum_t x_ti} for each column i, whatever it is: x [T,E], E entries. */
  void columnSums(Tensor x, Statistics into, int at);

  /** Writes the entries of x, x.shape().size() of them. */
  void values(Tensor x, Statistics into, int at);

  /**
   * Writes the mean over pairs i &lt; j of the signed cosine of rows i and j: all rows at {@code
   * at}, the first {@code ffnRows} at {@code at+1}; 0 where there are fewer than two rows: weight
   * [E,d].
   */
  void rowCosines(Tensor weight, int ffnRows, Statistics into, int at);

  /**
   * Writes the sum over tokens and over pairs of slots of one token of the signed cosine between
   * their rows: rows [slots,d] laid out by the plan, which must hold no zero expert.
   */
  void slotCosines(RoutingPlan plan, Tensor rows, Statistics into, int at);
}
