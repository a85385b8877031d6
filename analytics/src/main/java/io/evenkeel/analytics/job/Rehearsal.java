package io.evenkeel.analytics.job;

import io.evenkeel.analytics.job.state.RawRecord;
import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Runs the whole job once on made-up telemetry that goes nowhere, before the real one starts. The
 * first steps of a run are where trouble shows, and a cold JVM takes seconds over them: classes to
 * load, code to compile. Nothing of it reaches Kafka, a checkpoint or the database.
 */
final class Rehearsal {

  private static final String RUN = "rehearsal";
  private static final long STEPS = 400;

  private Rehearsal() {}

  /** Runs it to its end; some two seconds on a cold JVM. */
  static void run() throws Exception {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(RestOptions.BIND_PORT, "0");
    settings.set(TaskManagerOptions.NUM_TASK_SLOTS, 1);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, settings);
    StabilityJob.build(
        env,
        new JobInputs(
            records(STEPS, Rehearsal::telemetry),
            records(0, Rehearsal::telemetry),
            records(0, Rehearsal::telemetry)),
        new JobOutputs(new DiscardingSink<>(), new DiscardingSink<>(), new DiscardingSink<>()),
        JobPolicy.DEFAULT);
    env.execute(RUN);
  }

  private static DataGeneratorSource<RawRecord> records(
      long count, GeneratorFunction<Long, RawRecord> to) {
    return new DataGeneratorSource<>(to, count, RecordKind.RAW.typeInfo());
  }

  private static RawRecord telemetry(long step) {
    return new RawRecord(
        Topics.TELEMETRY,
        0,
        step,
        Topics.telemetryKey(RUN, 0).getBytes(StandardCharsets.UTF_8),
        Codecs.STEP_TELEMETRY.encode(step(step)));
  }

  /** R_g = 0.5 up to the middle, so that alerts fire and resolve. */
  private static StepTelemetry step(long step) {
    double coefficient = step < STEPS / 2 ? 0.5 : 0.005;
    return new StepTelemetry(
        new ObservationKey(RUN, 0, step, 0),
        1,
        Instant.EPOCH.plusMillis(100 * step),
        100 + step % 7,
        1,
        512,
        new Losses(3 + 0.01 * (step % 5), 1.0, 0.001, 3.1),
        1 + 0.01 * (step % 11),
        0.9,
        Placement.REPLICATED,
        List.of(
            new TensorTelemetry("embed", 4_096, 0.01, 0, 10, 5),
            new TensorTelemetry("layers.0.router", 96, 0.001, 0, 0, 0)),
        new MoeShape(1, 2, 1, 2, 1.5, 2),
        List.of(layer(coefficient)),
        List.of(
            new ActivationSums(
                0, ActivationSite.LAYER_OUT, 4_096, 10, 4_096, 30, 12_300, 5, 9, 3, 0)),
        List.of(),
        CommandPosition.NONE,
        Map.of(),
        0);
  }

  private static MoeLayerTelemetry layer(double coefficient) {
    ExpertVector ones = ExpertVector.of(512, 512, 512);
    return new MoeLayerTelemetry(
        0,
        coefficient,
        1.0,
        ExpertLoads.of(380, 388, 256),
        ExpertVector.of(170, 180, 162),
        ones,
        ones,
        GradientMethod.ONE_PASS,
        4.0,
        1.0,
        600,
        3,
        400,
        0,
        0.01,
        0.01,
        768,
        1_300,
        ExpertVector.EMPTY,
        null,
        null,
        1.0,
        1.0);
  }
}
