package io.evenkeel.trainer.ops;

/**
 * Where {@link MoeOps#routingStatistics} puts its figures: T_i at {@link #load()}, sum_t R_ti at
 * {@link #probabilitySums()}, tokens whose selection meets group j at {@link #groupHits()}, and
 * then the sum and the sum of squares over tokens of n_t, the number of FFN experts selected.
 *
 * @param at offset of the first entry
 * @param experts E
 * @param groups D
 */
public record RoutingLayout(int at, int experts, int groups) {
  /** Offset of T_i, E entries. */
  public int load() {
    return at;
  }

  /** Offset of sum_t R_ti, E entries. */
  public int probabilitySums() {
    return at + experts;
  }

  /** Offset of the group hits, D entries. */
  public int groupHits() {
    return at + 2 * experts;
  }

  /** Offset of sum_t n_t. */
  public int ffnExpertsSum() {
    return at + 2 * experts + groups;
  }

  /** Offset of sum_t n_t^2. */
  public int ffnExpertsSumSquares() {
    return ffnExpertsSum() + 1;
  }

  /** Offset of the first entry after these. */
  public int end() {
    return ffnExpertsSum() + 2;
  }
}
