package io.evenkeel.contract.wire;

import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.wire.proto.Proto;
import org.jspecify.annotations.Nullable;

/** Translates the records of {@code contract.audit} to and from the wire. */
final class AuditWire {

  private AuditWire() {}

  static Proto.AuditEntry toWire(AuditEntry value) {
    Proto.AuditEntry.Builder builder = Proto.AuditEntry.newBuilder();
    builder.setSchemaVersion(Codecs.SCHEMA_VERSION);
    builder.setAuditId(value.auditId());
    builder.setRun(value.run());
    builder.setIncarnation(value.incarnation());
    builder.setStep(value.step());
    builder.setWallTimeMicros(Wires.micros(value.wallTime()));
    builder.setActor(value.actor());
    builder.setDecision(Proto.Decision.valueOf("DECISION_" + value.decision().name()));
    builder.setMode(Proto.Mode.valueOf("MODE_" + value.mode().name()));
    builder.setKnob(value.knob());
    builder.setScope(value.scope());
    if (value.from() != null) {
      builder.setFrom(value.from());
    }
    if (value.to() != null) {
      builder.setTo(value.to());
    }
    builder.setReason(value.reason());
    builder.setErrorId(value.errorId());
    builder.putAllEvidence(value.evidence());
    builder.setCommandEpoch(value.command().epoch()).setCommandSequence(value.command().sequence());
    return builder.build();
  }

  static AuditEntry fromWire(Proto.AuditEntry wire) {
    Wires.requireVersion(wire.getSchemaVersion());
    return new AuditEntry(
        wire.getAuditId(),
        wire.getRun(),
        wire.getIncarnation(),
        wire.getStep(),
        Wires.instant(wire.getWallTimeMicros()),
        wire.getActor(),
        Wires.enumeration(Decision.class, "DECISION_", wire.getDecision()),
        Wires.enumeration(Mode.class, "MODE_", wire.getMode()),
        wire.getKnob(),
        wire.getScope(),
        wire.hasFrom() ? (@Nullable Double) wire.getFrom() : null,
        wire.hasTo() ? (@Nullable Double) wire.getTo() : null,
        wire.getReason(),
        wire.getErrorId(),
        wire.getEvidenceMap(),
        new CommandPosition(wire.getCommandEpoch(), wire.getCommandSequence()));
  }
}
