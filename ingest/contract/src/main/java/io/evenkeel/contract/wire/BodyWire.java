package io.evenkeel.contract.wire;

import com.google.protobuf.ByteString;
import io.evenkeel.contract.command.AlertRequest;
import io.evenkeel.contract.command.Approval;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Hold;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.RequestBody;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.command.SetMode;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.wire.proto.Proto;

/** Translates the messages with alternatives or raw bytes, which have no one-to-one shape. */
final class BodyWire {

  private BodyWire() {}

  static Proto.Command toWire(Command value) {
    Proto.Command.Builder builder =
        Proto.Command.newBuilder()
            .setSchemaVersion(Codecs.SCHEMA_VERSION)
            .setRun(value.run())
            .setIncarnation(value.incarnation())
            .setEpoch(value.position().epoch())
            .setSequence(value.position().sequence())
            .setIssuedMicros(Wires.micros(value.issued()))
            .setExpiresMicros(Wires.micros(value.expires()))
            .setIssuedStep(value.issuedStep())
            .setOrigin(value.origin())
            .setReason(value.reason());
    CommandBody body = value.body();
    // Release 17 has no switch over sealed types; the cast at the end fails should one be added.
    if (body instanceof SetKnob set) {
      builder.setSetKnob(CommandWire.toWire(set));
    } else if (body instanceof RunAction action) {
      builder.setAction(CommandWire.toWire(action));
    } else {
      builder.setLease(CommandWire.toWire((Lease) body));
    }
    return builder.build();
  }

  static Command fromWire(Proto.Command wire) {
    Wires.requireVersion(wire.getSchemaVersion());
    CommandBody body =
        switch (wire.getBodyCase()) {
          case SET_KNOB -> CommandWire.fromWire(wire.getSetKnob());
          case ACTION -> CommandWire.fromWire(wire.getAction());
          case LEASE -> CommandWire.fromWire(wire.getLease());
          case BODY_NOT_SET -> throw new IllegalArgumentException("command without a body");
        };
    return new Command(
        wire.getRun(),
        wire.getIncarnation(),
        new CommandPosition(wire.getEpoch(), wire.getSequence()),
        Wires.instant(wire.getIssuedMicros()),
        Wires.instant(wire.getExpiresMicros()),
        wire.getIssuedStep(),
        body,
        wire.getOrigin(),
        wire.getReason());
  }

  static Proto.OperatorRequest toWire(OperatorRequest value) {
    Proto.OperatorRequest.Builder builder =
        Proto.OperatorRequest.newBuilder()
            .setSchemaVersion(Codecs.SCHEMA_VERSION)
            .setRequestId(value.requestId())
            .setRun(value.run())
            .setOperator(value.operator())
            .setWallTimeMicros(Wires.micros(value.wallTime()))
            .setComment(value.comment());
    RequestBody body = value.body();
    if (body instanceof SetMode mode) {
      builder.setSetMode(CommandWire.toWire(mode));
    } else if (body instanceof SetKnob set) {
      builder.setSetKnob(CommandWire.toWire(set));
    } else if (body instanceof Hold hold) {
      builder.setHold(CommandWire.toWire(hold));
    } else if (body instanceof Approval approval) {
      builder.setApproval(CommandWire.toWire(approval));
    } else if (body instanceof KillSwitch kill) {
      builder.setKillSwitch(CommandWire.toWire(kill));
    } else if (body instanceof RunAction action) {
      builder.setAction(CommandWire.toWire(action));
    } else {
      AlertRequestWire.set(builder, (AlertRequest) body);
    }
    return builder.build();
  }

  static OperatorRequest fromWire(Proto.OperatorRequest wire) {
    Wires.requireVersion(wire.getSchemaVersion());
    RequestBody body =
        switch (wire.getBodyCase()) {
          case SET_MODE -> CommandWire.fromWire(wire.getSetMode());
          case SET_KNOB -> CommandWire.fromWire(wire.getSetKnob());
          case HOLD -> CommandWire.fromWire(wire.getHold());
          case APPROVAL -> CommandWire.fromWire(wire.getApproval());
          case KILL_SWITCH -> CommandWire.fromWire(wire.getKillSwitch());
          case ACTION -> CommandWire.fromWire(wire.getAction());
          default -> AlertRequestWire.fromWire(wire);
        };
    return new OperatorRequest(
        wire.getRequestId(),
        wire.getRun(),
        wire.getOperator(),
        Wires.instant(wire.getWallTimeMicros()),
        body,
        wire.getComment());
  }

  static Proto.DeadLetter toWire(DeadLetter value) {
    return Proto.DeadLetter.newBuilder()
        .setSchemaVersion(Codecs.SCHEMA_VERSION)
        .setSourceTopic(value.origin().topic())
        .setPartition(value.origin().partition())
        .setOffset(value.origin().offset())
        .setKey(ByteString.copyFrom(value.key()))
        .setValue(ByteString.copyFrom(value.value()))
        .setValueLength(value.valueLength())
        .setErrorId(value.errorId())
        .setMessage(value.message())
        .setService(value.service())
        .setWallTimeMicros(Wires.micros(value.wallTime()))
        .build();
  }

  static DeadLetter fromWire(Proto.DeadLetter wire) {
    Wires.requireVersion(wire.getSchemaVersion());
    return new DeadLetter(
        new DeadLetter.Origin(wire.getSourceTopic(), wire.getPartition(), wire.getOffset()),
        wire.getKey().toByteArray(),
        wire.getValue().toByteArray(),
        wire.getValueLength(),
        wire.getErrorId(),
        wire.getMessage(),
        wire.getService(),
        Wires.instant(wire.getWallTimeMicros()));
  }
}
