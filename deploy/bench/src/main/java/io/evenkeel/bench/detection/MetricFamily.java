package io.evenkeel.bench.detection;

import io.evenkeel.contract.telemetry.KnownScalars;
import io.evenkeel.contract.telemetry.KnownScalars.Field;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The three kinds of series that nearly every trainer logs. */
enum MetricFamily {
  /** Losses. */
  LOSS(
      Field.LANGUAGE_MODEL_LOSS,
      Set.of("loss", "lm_loss", "act_loss", "cri_loss", "mtp_1_loss"),
      Set.of("loss-spike", "divergence", "plateau", "data-shift")),
  /** Norms of the gradient. */
  GRADIENT_NORM(
      Field.GRADIENT_NORM,
      Set.of("grad_norm", "grad-norm"),
      Set.of("gradient-norm-spike", "vanishing-gradient")),
  /** Times of a step, and how much is done in a time. */
  STEP_TIME(
      Field.STEP_TIME,
      Set.of("step_time_s", "dt_ms", "iteration-time", "tok/s", "throughput", "samples_per_s"),
      Set.of("slow-step", "step-time-regression", "straggler-rank"));

  /** The scope of alerts on a scalar of the run's own is this and its name. */
  static final String SCALARS = "scalars/";

  private final Field field;
  private final Set<String> metrics;
  private final Set<String> rules;

  MetricFamily(Field field, Set<String> metrics, Set<String> rules) {
    this.field = field;
    this.metrics = metrics;
    this.rules = rules;
  }

  /** The family of a metric as the labelled logs name it. */
  static Optional<MetricFamily> ofMetric(String metric) {
    for (MetricFamily family : values()) {
      if (family.metrics.contains(metric)) {
        return Optional.of(family);
      }
    }
    return Optional.empty();
  }

  /** The family that a rule watches. */
  static Optional<MetricFamily> ofRule(String rule) {
    for (MetricFamily family : values()) {
      if (family.rules.contains(rule)) {
        return Optional.of(family);
      }
    }
    return Optional.empty();
  }

  /** The metric of a log that fills this family's field, if one does. */
  Optional<String> filledBy(Map<String, ?> metrics) {
    String best = null;
    int preference = Integer.MAX_VALUE;
    for (String metric : metrics.keySet()) {
      Optional<KnownScalars.Known> known = KnownScalars.find(metric);
      if (known.isPresent()
          && known.get().field() == field
          && known.get().preference() < preference) {
        best = metric;
        preference = known.get().preference();
      }
    }
    return Optional.ofNullable(best);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
