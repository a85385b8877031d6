package io.evenkeel.ui.control;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A line of the audit trail.
 *
 * @param auditId id; that of an answer is {@code request:} and the request's id
 * @param run run id
 * @param incarnation incarnation
 * @param step step of the signals
 * @param at when
 * @param actor policy, operator or guard; text from outside
 * @param decision acted, proposed, observed, blocked, refused, changed or reviewed
 * @param mode mode in force
 * @param knob knob, may be empty; text from outside
 * @param scope scope, may be empty; text from outside
 * @param from value before
 * @param to value wanted
 * @param reason a sentence; text from outside
 * @param errorId EVK id, may be empty
 * @param evidence figures that the decision rests on, by name; texts from outside
 * @param command number of the command that was sent; null if none was
 */
public record AuditLine(
    String auditId,
    String run,
    int incarnation,
    long step,
    @Nullable Instant at,
    String actor,
    String decision,
    String mode,
    String knob,
    String scope,
    @Nullable Double from,
    @Nullable Double to,
    String reason,
    String errorId,
    Map<String, Double> evidence,
    @Nullable Long command) {

  /** Copies. */
  public AuditLine {
    evidence = Collections.unmodifiableMap(new TreeMap<>(evidence));
  }

  /** Knob and scope together. */
  public String target() {
    if (knob.isEmpty()) {
      return scope;
    }
    return scope.isEmpty() ? knob : knob + " · " + scope;
  }
}
