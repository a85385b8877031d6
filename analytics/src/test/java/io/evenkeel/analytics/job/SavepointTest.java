package io.evenkeel.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A savepoint of this release, kept: taken with two slots in the middle of three incidents, with
 * one rank of a step in. What goes on from it finishes the step and resolves the incidents under
 * their ids, with any number of slots.
 *
 * <p>Before a release a new one is made, under the release's name, and the old one stays:
 *
 * <pre>
 * mvn -pl analytics -am test -Dtest=SavepointTest -Dsurefire.failIfNoSpecifiedTests=false -Devenkeel.savepoint.regenerate=true
 * </pre>
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class) // a new savepoint is tested at once
class SavepointTest {

  private static final String REGENERATE = "evenkeel.savepoint.regenerate";
  private static final Path KEPT =
      Path.of("src", "test", "resources", "savepoint", "release-0.1.0").toAbsolutePath();
  private static final Path IDS = KEPT.resolve("alert-ids.txt");
  private static final String RUN = "kept";
  private static final long BEGUN = 200;

  @TempDir Path checkpoints;

  private final TestFeed telemetry = new TestFeed(Topics.TELEMETRY);
  private final TestFeed runs = new TestFeed(Topics.RUNS);
  private final TestFeed rules = new TestFeed(Topics.RULES);
  private final TestSink<StepSignals> signals = new TestSink<>("signals");
  private final TestSink<AlertEvent> alerts = new TestSink<>("alerts");
  private final TestSink<DeadLetter> deadLetters = new TestSink<>("dead-letters");
  private final TrainingRun bad =
      TrainingRuns.healthy(RUN).ranks(2).layers(2).alphaFactor(100, 200).build();
  private final TrainingRun good = TrainingRuns.healthy(RUN).ranks(2).layers(2).build();
  private JobClient job;

  @AfterEach
  void stop() throws Exception {
    if (job != null) {
      job.cancel().get();
    }
  }

  @ParameterizedTest
  @Order(2)
  @ValueSource(ints = {1, 2, 4})
  void shouldFinishTheStepAndResolveTheIncidentsWhenRestored(int slots) throws Exception {
    List<String> kept = Files.readAllLines(IDS);
    start(slots, KEPT);
    // The rank that had come is in the savepoint alone.
    send(good.telemetry(BEGUN, 1));
    for (long step = BEGUN + 1; step < BEGUN + 120; step++) {
      send(good.telemetry(step, 0), good.telemetry(step, 1));
    }
    Eventually.await(
        () -> ids(AlertState.RESOLVED).equals(kept) && signals.seen().size() == 120,
        () -> signals.seen().size() + " steps, " + alerts.seen());
    assertThat(signals.seen())
        .allMatch(s -> s.ranksSeen() == 2)
        .extracting(s -> s.key().step())
        .isSorted()
        .startsWith(BEGUN);
    // Scored against the steps before the savepoint: the window is full.
    assertThat(signals.seen().get(0).lossSpikeScore()).isNotNull();
    assertThat(ids(AlertState.FIRING)).isEmpty();
    assertThat(deadLetters.seen()).isEmpty();
  }

  @Test
  @Order(1)
  @EnabledIfSystemProperty(named = REGENERATE, matches = "true")
  void shouldKeepASavepointOfThisReleaseWhenAsked() throws Exception {
    start(2, null);
    for (long step = 0; step < BEGUN; step++) {
      send(bad.telemetry(step, 0), bad.telemetry(step, 1));
    }
    send(good.telemetry(BEGUN, 0));
    // Read after all else: when its signals are out, all else is on its way to the savepoint.
    send(TrainingRuns.healthy("after").layers(1).build().telemetry(0, 0));
    Eventually.await(
        () -> signals.seen().size() == BEGUN + 1 && ids(AlertState.FIRING).size() == 3,
        () -> signals.seen().size() + " steps, " + alerts.seen());
    String taken =
        job.triggerSavepoint(checkpoints.toUri().toString(), SavepointFormatType.CANONICAL).get();
    Path savepoint = Path.of(java.net.URI.create(taken));
    assertThat(files(savepoint)).containsExactly(savepoint.resolve("_metadata"));
    Files.createDirectories(KEPT);
    Files.copy(
        savepoint.resolve("_metadata"),
        KEPT.resolve("_metadata"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.write(IDS, ids(AlertState.FIRING));
  }

  private void start(int slots, @Nullable Path from) throws Exception {
    Configuration settings = StabilityJob.settings(Duration.ofSeconds(2));
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    // All of a small state in one file.
    settings.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ofMebiBytes(1));
    settings.set(RestOptions.BIND_PORT, "0");
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
    if (from != null) {
      settings.set(StateRecoveryOptions.SAVEPOINT_PATH, from.toUri().toString());
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(slots, settings);
    StabilityJob.build(
        env,
        new JobInputs(telemetry.source(), runs.source(), rules.source()),
        new JobOutputs(signals, alerts, deadLetters),
        new JobPolicy(new MergePolicy(600_000, 64), WatchPolicy.DEFAULT));
    job = env.executeAsync();
  }

  private void send(StepTelemetry... parts) {
    for (StepTelemetry part : parts) {
      telemetry.put(
          Topics.telemetryKey(part.key().run(), part.key().rank()),
          Codecs.STEP_TELEMETRY.encode(part));
    }
  }

  private List<String> ids(AlertState state) {
    return alerts.seen().stream()
        .filter(e -> e.state() == state)
        .filter(e -> e.rule().equals(BuiltInRule.GRADIENT_NORM_RATIO.id()))
        .map(AlertEvent::alertId)
        .distinct()
        .sorted()
        .toList();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
