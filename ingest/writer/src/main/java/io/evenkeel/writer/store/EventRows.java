package io.evenkeel.writer.store;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.MoeShape;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Declarations, alerts, commands, acknowledgements, decisions and dead letters. */
final class EventRows {

  private EventRows() {}

  static void add(Rows rows, Distinct batch) {
    batch.declarations().forEach(spec -> addDeclaration(rows, spec));
    batch.alerts().forEach(event -> addAlert(rows, event));
    batch.commands().forEach(command -> addCommand(rows, command));
    batch.acks().forEach(ack -> addAck(rows, ack));
    batch.audit().forEach(entry -> addAudit(rows, entry));
    batch.letters().forEach(letter -> addLetter(rows, letter));
  }

  private static void addDeclaration(Rows rows, RunSpec spec) {
    int runId = rows.run(spec.run());
    rows.seen(runId, spec.incarnation());
    CopyBuffer row =
        rows.row(Staging.DECLARATION)
            .putInt(runId)
            .putInt(spec.incarnation())
            .putText(spec.name())
            .putText(Json.word(spec.status()))
            .putTime(spec.started())
            .putTimeOrNull(spec.ended())
            .putInt(spec.worldSize())
            .putLong(spec.firstStep())
            .putLong(spec.plannedSteps())
            .putJson(Json.strings(spec.model()))
            .putJson(Json.strings(spec.optimizer()));
    MoeShape shape = spec.moeShape();
    Rows.putShape(row, shape);
    if (shape == null) {
      row.putNull();
    } else {
      row.putInt(shape.groups());
    }
    row.putJson(Json.knobs(spec.knobs()))
        .putJson(Json.strings(spec.actions()))
        .putInt(spec.leaseMillis())
        .putJson(Json.strings(spec.labels()));
  }

  private static void addAlert(Rows rows, AlertEvent event) {
    rows.row(Staging.ALERT_EVENT)
        .putText(event.alertId())
        .putShort(number(event.state()))
        .putInt(rows.run(event.run()))
        .putInt(event.incarnation())
        .putText(event.rule())
        .putText(event.scope())
        .putText(Json.word(event.severity()))
        .putLong(event.firstStep())
        .putLong(event.step())
        .putDouble(event.value())
        .putDouble(event.threshold())
        .putText(event.summary())
        .putJson(Json.strings(event.labels()))
        .putTime(event.wallTime())
        .putTime(event.emitted());
  }

  private static void addCommand(Rows rows, Command command) {
    CopyBuffer row =
        rows.row(Staging.COMMAND)
            .putInt(rows.run(command.run()))
            .putLong(command.position().epoch())
            .putLong(command.position().sequence())
            .putInt(command.incarnation());
    switch (command.body()) {
      case SetKnob set ->
          row.putText("set_knob")
              .putText(set.knob())
              .putText(set.scope())
              .putDouble(set.expectedFrom())
              .putDouble(set.value())
              .putNull()
              .putNull();
      case RunAction action ->
          row.putText("action")
              .putNull()
              .putNull()
              .putNull()
              .putNull()
              .putText(action.action())
              .putJson(Json.strings(action.arguments()));
      case Lease lease -> throw new IllegalArgumentException("leases are not stored");
    }
    row.putText(command.origin())
        .putText(command.reason())
        .putLong(command.issuedStep())
        .putTime(command.issued())
        .putTime(command.expires());
  }

  private static void addAck(Rows rows, CommandAck ack) {
    rows.row(Staging.COMMAND_ACK)
        .putInt(rows.run(ack.run()))
        .putLong(ack.position().epoch())
        .putLong(ack.position().sequence())
        .putInt(ack.incarnation())
        .putText(Json.word(ack.status()))
        .putLong(ack.step())
        .putText(ack.knob())
        .putText(ack.scope())
        .putDouble(ack.from())
        .putDouble(ack.to())
        .putText(ack.errorId())
        .putText(ack.reason())
        .putTime(ack.wallTime());
  }

  private static void addAudit(Rows rows, AuditEntry entry) {
    rows.row(Staging.AUDIT)
        .putInt(rows.run(entry.run()))
        .putText(entry.auditId())
        .putInt(entry.incarnation())
        .putLong(entry.step())
        .putTime(entry.wallTime())
        .putText(entry.actor())
        .putText(Json.word(entry.decision()))
        .putText(Json.word(entry.mode()))
        .putText(entry.knob())
        .putText(entry.scope())
        .putDouble(entry.from())
        .putDouble(entry.to())
        .putText(entry.reason())
        .putText(entry.errorId())
        .putJson(Json.numbers(entry.evidence()))
        .putLong(entry.command().epoch())
        .putLong(entry.command().sequence());
  }

  private static void addLetter(Rows rows, DeadLetter letter) {
    rows.row(Staging.DEAD_LETTER)
        .putText(letter.origin().topic())
        .putInt(letter.origin().partition())
        .putLong(letter.origin().offset())
        .putText(letter.service())
        .putText(digest(letter))
        .putText(letter.errorId())
        .putText(letter.message())
        .putTime(letter.wallTime())
        .putLong(letter.valueLength())
        .putBytes(letter.key())
        .putBytes(letter.value());
  }

  /** Empty where the origin has an offset; otherwise a hash of what makes the letter this one. */
  private static String digest(DeadLetter letter) {
    if (letter.origin().offset() >= 0) {
      return "";
    }
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    sha.update(letter.errorId().getBytes(StandardCharsets.UTF_8));
    sha.update(letter.wallTime().toString().getBytes(StandardCharsets.UTF_8));
    sha.update(letter.key());
    sha.update(letter.value());
    return HexFormat.of().formatHex(sha.digest());
  }

  // The numbers are those of the wire, and stand in the views: never an ordinal.
  private static int number(AlertState state) {
    return switch (state) {
      case PENDING -> 1;
      case FIRING -> 2;
      case RESOLVED -> 3;
    };
  }
}
