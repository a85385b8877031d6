package io.evenkeel.contract.wire;

import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Approval;
import io.evenkeel.contract.command.ApprovalVerdict;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Hold;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.command.SetMode;
import io.evenkeel.contract.wire.proto.Proto;
import org.jspecify.annotations.Nullable;

/** Translates the records of {@code contract.command} to and from the wire. */
final class CommandWire {

  private CommandWire() {}

  static Proto.SetKnob toWire(SetKnob value) {
    Proto.SetKnob.Builder builder = Proto.SetKnob.newBuilder();
    builder.setKnob(value.knob());
    builder.setScope(value.scope());
    builder.setValue(value.value());
    if (value.expectedFrom() != null) {
      builder.setExpectedFrom(value.expectedFrom());
    }
    return builder.build();
  }

  static SetKnob fromWire(Proto.SetKnob wire) {
    return new SetKnob(
        wire.getKnob(),
        wire.getScope(),
        wire.getValue(),
        wire.hasExpectedFrom() ? (@Nullable Double) wire.getExpectedFrom() : null);
  }

  static Proto.RunAction toWire(RunAction value) {
    Proto.RunAction.Builder builder = Proto.RunAction.newBuilder();
    builder.setAction(value.action());
    builder.putAllArguments(value.arguments());
    return builder.build();
  }

  static RunAction fromWire(Proto.RunAction wire) {
    return new RunAction(wire.getAction(), wire.getArgumentsMap());
  }

  static Proto.Lease toWire(Lease value) {
    Proto.Lease.Builder builder = Proto.Lease.newBuilder();
    builder.setValidUntilMicros(Wires.micros(value.validUntil()));
    return builder.build();
  }

  static Lease fromWire(Proto.Lease wire) {
    return new Lease(Wires.instant(wire.getValidUntilMicros()));
  }

  static Proto.SetMode toWire(SetMode value) {
    Proto.SetMode.Builder builder = Proto.SetMode.newBuilder();
    builder.setKnob(value.knob());
    builder.setMode(Proto.Mode.valueOf("MODE_" + value.mode().name()));
    return builder.build();
  }

  static SetMode fromWire(Proto.SetMode wire) {
    return new SetMode(wire.getKnob(), Wires.enumeration(Mode.class, "MODE_", wire.getMode()));
  }

  static Proto.Hold toWire(Hold value) {
    Proto.Hold.Builder builder = Proto.Hold.newBuilder();
    builder.setKnob(value.knob());
    builder.setState(Proto.HoldState.valueOf("HOLD_STATE_" + value.state().name()));
    return builder.build();
  }

  static Hold fromWire(Proto.Hold wire) {
    return new Hold(
        wire.getKnob(), Wires.enumeration(HoldState.class, "HOLD_STATE_", wire.getState()));
  }

  static Proto.Approval toWire(Approval value) {
    Proto.Approval.Builder builder = Proto.Approval.newBuilder();
    builder.setProposal(value.proposal());
    builder.setVerdict(Proto.ApprovalVerdict.valueOf("APPROVAL_VERDICT_" + value.verdict().name()));
    return builder.build();
  }

  static Approval fromWire(Proto.Approval wire) {
    return new Approval(
        wire.getProposal(),
        Wires.enumeration(ApprovalVerdict.class, "APPROVAL_VERDICT_", wire.getVerdict()));
  }

  static Proto.KillSwitch toWire(KillSwitch value) {
    Proto.KillSwitch.Builder builder = Proto.KillSwitch.newBuilder();
    builder.setState(Proto.HoldState.valueOf("HOLD_STATE_" + value.state().name()));
    return builder.build();
  }

  static KillSwitch fromWire(Proto.KillSwitch wire) {
    return new KillSwitch(Wires.enumeration(HoldState.class, "HOLD_STATE_", wire.getState()));
  }

  static Proto.CommandAck toWire(CommandAck value) {
    Proto.CommandAck.Builder builder = Proto.CommandAck.newBuilder();
    builder.setSchemaVersion(Codecs.SCHEMA_VERSION);
    builder.setRun(value.run());
    builder.setIncarnation(value.incarnation());
    builder.setEpoch(value.position().epoch()).setSequence(value.position().sequence());
    builder.setStatus(Proto.AckStatus.valueOf("ACK_STATUS_" + value.status().name()));
    builder.setStep(value.step());
    builder.setKnob(value.knob());
    builder.setScope(value.scope());
    if (value.from() != null) {
      builder.setFrom(value.from());
    }
    if (value.to() != null) {
      builder.setTo(value.to());
    }
    builder.setErrorId(value.errorId());
    builder.setReason(value.reason());
    builder.setWallTimeMicros(Wires.micros(value.wallTime()));
    return builder.build();
  }

  static CommandAck fromWire(Proto.CommandAck wire) {
    Wires.requireVersion(wire.getSchemaVersion());
    return new CommandAck(
        wire.getRun(),
        wire.getIncarnation(),
        new CommandPosition(wire.getEpoch(), wire.getSequence()),
        Wires.enumeration(AckStatus.class, "ACK_STATUS_", wire.getStatus()),
        wire.getStep(),
        wire.getKnob(),
        wire.getScope(),
        wire.hasFrom() ? (@Nullable Double) wire.getFrom() : null,
        wire.hasTo() ? (@Nullable Double) wire.getTo() : null,
        wire.getErrorId(),
        wire.getReason(),
        Wires.instant(wire.getWallTimeMicros()));
  }
}
