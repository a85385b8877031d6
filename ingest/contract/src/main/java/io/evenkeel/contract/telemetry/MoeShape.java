package io.evenkeel.contract.telemetry;

import io.evenkeel.contract.error.Check;

/**
 * The mixture-of-experts shape of a model.
 *
 * @param layers L, MoE layers of the whole model, &gt;= 1
 * @param ffnExperts N, FFN experts
 * @param zeroExperts Z, zero-computation experts
 * @param topK K, experts selected per token
 * @param ffnExpertsTarget K_e, target mean of FFN experts per token, in [0, K]
 * @param groups D, groups of the load-balance loss; 0 if unknown
 */
public record MoeShape(
    int layers, int ffnExperts, int zeroExperts, int topK, double ffnExpertsTarget, int groups) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public MoeShape {
    Check.notNegative("layers", layers);
    Check.notNegative("ffnExperts", ffnExperts);
    Check.notNegative("zeroExperts", zeroExperts);
    Check.notNegative("topK", topK);
    Check.notNegative("groups", groups);
    Check.that(layers >= 1, "layers must be at least 1");
    Check.that(ffnExperts <= 65_536 && zeroExperts <= 65_536, "more than 65536 experts");
    Check.that(
        ffnExpertsTarget >= 0 && ffnExpertsTarget <= topK,
        "ffnExpertsTarget must lie in [0, topK]");
    Check.that(topK >= 1 && topK <= ffnExperts + zeroExperts, "topK must lie in [1, N+Z]");
  }

  /** N + Z, the length of every vector over experts. */
  public int experts() {
    return ffnExperts + zeroExperts;
  }
}
