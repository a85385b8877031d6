package io.evenkeel.controller.steer;

import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.error.ErrorId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An audit entry in the making. */
final class EntryDraft {

  private String auditId;
  private final RunState state;
  private final String actor;
  private final Decision decision;
  private final Instant now;
  private final Map<String, Double> evidence = new LinkedHashMap<>();
  private String knob = "";
  private String scope = "";
  private @Nullable Double from;
  private @Nullable Double to;
  private String reason = "";
  private String errorId = "";
  private CommandPosition command = CommandPosition.NONE;

  EntryDraft(String auditId, RunState state, String actor, Decision decision, Instant now) {
    this.auditId = auditId;
    this.state = state;
    this.actor = actor;
    this.decision = decision;
    this.now = now;
  }

  EntryDraft answering(String id) {
    auditId = id;
    return this;
  }

  EntryDraft about(CommandBody body) {
    if (body instanceof SetKnob set) {
      knob = set.knob();
      scope = set.scope();
      from = set.expectedFrom();
      to = set.value();
    }
    return this;
  }

  EntryDraft about(String aboutKnob) {
    knob = aboutKnob;
    return this;
  }

  EntryDraft because(String text, ErrorId id) {
    return because(text, id.id());
  }

  EntryDraft because(String text, String id) {
    reason = text.length() <= Check.MAX_TEXT ? text : text.substring(0, Check.MAX_TEXT);
    errorId = id;
    return this;
  }

  EntryDraft showing(Map<String, Double> figures) {
    figures.forEach(
        (name, figure) -> {
          // What was not measured is no evidence.
          if (!figure.isNaN()) {
            evidence.put(name, figure);
          }
        });
    return this;
  }

  EntryDraft with(CommandPosition position) {
    command = position;
    return this;
  }

  AuditEntry toEntry() {
    return new AuditEntry(
        auditId,
        state.run(),
        state.incarnation(),
        state.latestStep(),
        now,
        actor,
        decision,
        state.settings().mode(knob),
        knob,
        scope,
        from,
        to,
        reason,
        errorId,
        evidence,
        command);
  }
}
