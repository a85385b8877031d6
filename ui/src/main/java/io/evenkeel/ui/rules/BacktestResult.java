package io.evenkeel.ui.rules;

import io.evenkeel.ui.chart.Point;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a rule would have fired in a stored run.
 *
 * @param run the run
 * @param steps stored steps that were read
 * @param judgedSteps steps at which all that the rule depends on was measured
 * @param values what its expression gave, the largest over its scopes; true is 1, false is 0; empty
 *     of a built-in rule
 * @param threshold its limit; null if the expression gives true or false, or the rule is built in
 * @param hits incidents, in the order in which they fired
 */
public record BacktestResult(
    String run,
    long steps,
    long judgedSteps,
    List<Point> values,
    @Nullable Double threshold,
    List<Hit> hits) {

  /** Copies. */
  public BacktestResult {
    values = List.copyOf(values);
    hits = List.copyOf(hits);
  }

  /**
   * An incident.
   *
   * @param scope run, a layer, or {@code rule} where the rule itself failed
   * @param severity info, warning or critical
   * @param firedStep step at which it fired
   * @param resolvedStep step at which it resolved; null if it was open at the end
   * @param value what was seen at the firing
   * @param summary a sentence for people
   */
  public record Hit(
      String scope,
      String severity,
      long firedStep,
      @Nullable Long resolvedStep,
      double value,
      String summary) {}
}
