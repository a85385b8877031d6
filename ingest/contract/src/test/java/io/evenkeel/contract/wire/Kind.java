package io.evenkeel.contract.wire;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.evenkeel.contract.wire.proto.Proto;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** A top-level message under test: its codec, its descriptor, and any record of it. */
record Kind<T>(
    String name, Codec<T> codec, Descriptor descriptor, Function<RandomGenerator, T> any) {

  static final List<Kind<?>> ALL =
      List.of(
          new Kind<>(
              "step-telemetry",
              Codecs.STEP_TELEMETRY,
              Proto.StepTelemetry.getDescriptor(),
              AnyRecord::stepTelemetry),
          new Kind<>(
              "step-signals",
              Codecs.STEP_SIGNALS,
              Proto.StepSignals.getDescriptor(),
              AnyRecord::stepSignals),
          new Kind<>(
              "alert-event",
              Codecs.ALERT_EVENT,
              Proto.AlertEvent.getDescriptor(),
              AnyRecord::alertEvent),
          new Kind<>(
              "alert-rule",
              Codecs.ALERT_RULE,
              Proto.AlertRule.getDescriptor(),
              AnyRecord::alertRule),
          new Kind<>(
              "run-spec", Codecs.RUN_SPEC, Proto.RunSpec.getDescriptor(), AnyRecord::runSpec),
          new Kind<>("command", Codecs.COMMAND, Proto.Command.getDescriptor(), AnyRecord::command),
          new Kind<>(
              "command-ack",
              Codecs.COMMAND_ACK,
              Proto.CommandAck.getDescriptor(),
              AnyRecord::commandAck),
          new Kind<>(
              "operator-request",
              Codecs.OPERATOR_REQUEST,
              Proto.OperatorRequest.getDescriptor(),
              AnyRecord::operatorRequest),
          new Kind<>(
              "audit-entry",
              Codecs.AUDIT_ENTRY,
              Proto.AuditEntry.getDescriptor(),
              AnyRecord::auditEntry),
          new Kind<>(
              "dead-letter",
              Codecs.DEAD_LETTER,
              Proto.DeadLetter.getDescriptor(),
              AnyRecord::deadLetter));

  byte[] encodeAny(RandomGenerator random) {
    return codec.encode(any.apply(random));
  }

  /**
   * The message as protobuf sees it, for reading and for setting fields to what no record allows.
   */
  DynamicMessage message(byte[] bytes) throws InvalidProtocolBufferException {
    return DynamicMessage.parseFrom(descriptor, bytes);
  }

  @Override
  public String toString() {
    return name;
  }
}
