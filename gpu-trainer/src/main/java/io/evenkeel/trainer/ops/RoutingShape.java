package io.evenkeel.trainer.ops;

/**
 * The sizes that routing depends on. FORMULAS.md section 1.
 *
 * @param ffnExperts N, at least 1
 * @param zeroExperts Z, at least 0
 * @param topK K, 1 to N+Z
 * @param ffnExpertsTarget K_e, mean FFN experts per token; in (0, K) when Z &gt; 0, else K
 * @param groups D, divides N
 */
public record RoutingShape(
    int ffnExperts, int zeroExperts, int topK, double ffnExpertsTarget, int groups) {
  /** Checks the conditions above. */
  public RoutingShape {
    require(ffnExperts >= 1 && zeroExperts >= 0, "N >= 1 and Z >= 0");
    require(topK >= 1 && topK <= ffnExperts + zeroExperts, "1 <= K <= N+Z");
    require(groups >= 1 && ffnExperts % groups == 0, "D divides N");
    require(
        zeroExperts == 0
            ? ffnExpertsTarget == topK
            : ffnExpertsTarget > 0 && ffnExpertsTarget < topK,
        "Z == 0 needs Ke == K, Z > 0 needs 0 < Ke < K");
  }

  private static void require(boolean holds, String condition) {
    if (!holds) {
      throw new IllegalArgumentException("routing needs " + condition);
    }
  }

  /** E = N+Z. */
  public int experts() {
    return ffnExperts + zeroExperts;
  }

  /** N/D, experts of one group. */
  public int groupSize() {
    return ffnExperts / groups;
  }

  /** Number of groups including that of the zero experts, if any: D or D+1. */
  public int groupsWithZero() {
    return groups + (zeroExperts > 0 ? 1 : 0);
  }

  /** Group of expert {@code expert}, 0 to groupsWithZero()-1. */
  public int groupOf(int expert) {
    return expert < ffnExperts ? expert / groupSize() : groups;
  }
}
