package io.evenkeel.gateway.intake;

import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.JsonCodec;
import io.evenkeel.contract.wire.JsonCodecs;
import java.util.function.Function;

/**
 * A kind of record that trainers send.
 *
 * @param label names it in metrics
 * @param topic where it goes
 * @param codec its binary form
 * @param json its JSON form
 * @param run its run
 * @param key its key on the topic
 * @param <T> the record
 */
public record RecordKind<T>(
    String label,
    String topic,
    Codec<T> codec,
    JsonCodec<T> json,
    Function<T, String> run,
    Function<T, String> key) {

  /** Telemetry of a step. */
  public static final RecordKind<StepTelemetry> TELEMETRY =
      new RecordKind<>(
          "telemetry",
          Topics.TELEMETRY,
          Codecs.STEP_TELEMETRY,
          JsonCodecs.STEP_TELEMETRY,
          telemetry -> telemetry.key().run(),
          telemetry -> Topics.telemetryKey(telemetry.key().run(), telemetry.key().rank()));

  /** Declaration of a run. */
  public static final RecordKind<RunSpec> RUN =
      new RecordKind<>(
          "run", Topics.RUNS, Codecs.RUN_SPEC, JsonCodecs.RUN_SPEC, RunSpec::run, RunSpec::run);

  /** Acknowledgement of a command. */
  public static final RecordKind<CommandAck> ACK =
      new RecordKind<>(
          "ack",
          Topics.ACKS,
          Codecs.COMMAND_ACK,
          JsonCodecs.COMMAND_ACK,
          CommandAck::run,
          CommandAck::run);
}
