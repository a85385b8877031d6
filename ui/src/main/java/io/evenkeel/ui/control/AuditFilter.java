package io.evenkeel.ui.control;

import io.evenkeel.ui.store.SearchWords;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which lines of the audit trail are wanted; an empty text wants all. Texts are compared without
 * regard to case; {@code run} and {@code decision} whole, the others anywhere within.
 *
 * @param run run id
 * @param actor part of the actor
 * @param decision a decision's name
 * @param knob part of the knob's name or its scope
 * @param text part of the reason or the error id
 */
public record AuditFilter(String run, String actor, String decision, String knob, String text) {
  /** All lines. */
  public static final AuditFilter ALL = new AuditFilter("", "", "", "", "");

  /** Strips and bounds. */
  public AuditFilter {
    run = SearchWords.bounded(run);
    actor = SearchWords.bounded(actor);
    decision = SearchWords.bounded(decision);
    knob = SearchWords.bounded(knob);
    text = SearchWords.bounded(text);
  }

  /** All lines of a run. */
  public static AuditFilter ofRun(String run) {
    return new AuditFilter(run, "", "", "", "");
  }

  /** What an address asks for. */
  public static AuditFilter of(Function<String, Optional<String>> parameters) {
    return new AuditFilter(
        parameters.apply("run").orElse(""),
        parameters.apply("actor").orElse(""),
        parameters.apply("decision").orElse(""),
        parameters.apply("knob").orElse(""),
        parameters.apply("text").orElse(""));
  }

  /** The parameters of the address that asks for this; none for what is empty. */
  public Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("run", run);
    parameters.put("actor", actor);
    parameters.put("decision", decision);
    parameters.put("knob", knob);
    parameters.put("text", text);
    parameters.values().removeIf(String::isEmpty);
    return parameters;
  }
}
