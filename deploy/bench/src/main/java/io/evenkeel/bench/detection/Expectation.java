package io.evenkeel.bench.detection;

import io.evenkeel.contract.alert.Severity;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a case expects of alerts in a window of steps.
 *
 * @param rules ids of which any will do; empty: any rule
 * @param scope a pattern with {@code *} for any text, such as {@code layers/*}
 * @param firstStep first step at which what is wrong can be seen, &gt;= 0
 * @param lastStep last step at which an alert is in time, &gt;= firstStep
 * @param severity the least that counts
 * @param until last step up to which alerts of any rule are consequences and not false, &gt;=
 *     lastStep
 * @param demand whether an alert has to fire
 */
public record Expectation(
    Set<String> rules,
    String scope,
    long firstStep,
    long lastStep,
    Severity severity,
    long until,
    Demand demand) {

  private static final Set<String> IN_LOSS_OR_GRADIENT_NORM =
      Set.of("loss-spike", "gradient-norm-spike", "divergence", "non-finite");

  /** Checks the order of the steps. */
  public Expectation {
    rules = Set.copyOf(rules);
    if (firstStep < 0 || lastStep < firstStep || until < lastStep) {
      throw new IllegalArgumentException(
          "needs 0 <= first_step <= last_step <= until, not %d, %d, %d"
              .formatted(firstStep, lastStep, until));
    }
  }

  /** Whether an incident is what is expected, in time. */
  boolean metBy(Incident incident) {
    return incident.firedStep() >= firstStep
        && incident.firedStep() <= lastStep
        && incident.severity().compareTo(severity) >= 0
        && (rules.isEmpty() || rules.contains(incident.rule()))
        && matches(incident.scope());
  }

  /** Whether a step's alerts belong to this window, whatever their rule. */
  boolean covers(long step) {
    return step >= firstStep && step <= until;
  }

  /** Whether rules on loss or gradient norm can meet it, so that the published rules could too. */
  boolean showsInLossOrGradientNorm() {
    return rules.isEmpty() || rules.stream().anyMatch(IN_LOSS_OR_GRADIENT_NORM::contains);
  }

  private boolean matches(String text) {
    return Pattern.matches("\\Q" + scope.replace("*", "\\E.*\\Q") + "\\E", text);
  }
}
