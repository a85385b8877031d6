package io.evenkeel.controller.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * By what an action is to be judged afterwards.
 *
 * @param metric the quantity that it aims at; smaller is better
 * @param measured its value when the decision was made
 * @param tolerated at or under this the quantity counts as harmless, however it moved
 */
public record Aim(Metric metric, double measured, double tolerated) {

  private static final String MEASURED = "aim.measured:";
  private static final String TOLERATED = "aim.tolerated";

  /** Validates. */
  public Aim {
    Objects.requireNonNull(metric, "metric");
  }

  /** The aim as part of a decision's evidence, so that it survives a restart. */
  public Map<String, Double> toEvidence() {
    Map<String, Double> evidence = new LinkedHashMap<>();
    evidence.put(MEASURED + metric.id(), measured);
    evidence.put(TOLERATED, tolerated);
    return evidence;
  }

  /** Reads back what {@link #toEvidence} wrote. */
  public static Optional<Aim> fromEvidence(Map<String, Double> evidence) {
    for (Metric metric : Metric.values()) {
      Double measured = evidence.get(MEASURED + metric.id());
      Double tolerated = evidence.get(TOLERATED);
      if (measured != null && tolerated != null) {
        return Optional.of(new Aim(metric, measured, tolerated));
      }
    }
    return Optional.empty();
  }
}
