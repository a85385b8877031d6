package io.evenkeel.ui.alerts;

import io.evenkeel.ui.store.SearchWords;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which incidents are wanted; an empty text wants all. Texts are compared without regard to case.
 *
 * @param run run id, whole
 * @param rule part of the rule's id
 * @param severity info, warning or critical
 * @param state open, pending, firing or resolved
 * @param text part of the sentence or the scope
 */
public record AlertFilter(String run, String rule, String severity, String state, String text) {
  /** All incidents. */
  public static final AlertFilter ALL = new AlertFilter("", "", "", "", "");

  /** Strips and bounds. */
  public AlertFilter {
    run = SearchWords.bounded(run);
    rule = SearchWords.bounded(rule);
    severity = SearchWords.bounded(severity);
    state = SearchWords.bounded(state);
    text = SearchWords.bounded(text);
  }

  /** Incidents of a run; of all when {@code run} is empty. */
  public static AlertFilter ofRun(String run) {
    return new AlertFilter(run, "", "", "", "");
  }

  /** The same of one run alone. */
  public AlertFilter withRun(String wanted) {
    return new AlertFilter(wanted, rule, severity, state, text);
  }

  /** What an address asks for. */
  public static AlertFilter of(Function<String, Optional<String>> parameters) {
    return new AlertFilter(
        parameters.apply("run").orElse(""),
        parameters.apply("rule").orElse(""),
        parameters.apply("severity").orElse(""),
        parameters.apply("state").orElse(""),
        parameters.apply("text").orElse(""));
  }

  /** The parameters of the address that asks for this; none for what is empty. */
  public Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("run", run);
    parameters.put("rule", rule);
    parameters.put("severity", severity);
    parameters.put("state", state);
    parameters.put("text", text);
    parameters.values().removeIf(String::isEmpty);
    return parameters;
  }
}
