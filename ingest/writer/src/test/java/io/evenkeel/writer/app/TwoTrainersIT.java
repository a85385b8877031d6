package io.evenkeel.writer.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.Await;
import io.evenkeel.writer.Samples;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.TestKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trainers that send under one run id, in one incarnation and in an older one that comes late,
 * through Kafka and writers that come and go.
 */
class TwoTrainersIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long STEPS = 150;
  private static final long NEWER_BEGINS = 100;

  @TempDir private static Path folder;
  private static TestKafka kafka;

  private final List<RunningWriter> writers = new ArrayList<>();
  private final String run = "run-" + UUID.randomUUID();
  private final String group = "group-" + UUID.randomUUID();
  private TestDatabase database;

  @BeforeAll
  static void startBroker() throws Exception {
    kafka = new TestKafka(folder);
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @BeforeEach
  void createDatabase() throws Exception {
    database = TestDatabase.create();
    database.database().migrate();
  }

  @AfterEach
  void dropDatabase() throws Exception {
    for (RunningWriter writer : writers) {
      writer.stop();
    }
    database.close();
  }

  @Test
  void shouldStoreOfEachRecordWhatTheBrokerHadFirstHoweverWritersComeAndGo() throws Exception {
    TrainingRun one = TrainingRuns.healthy(run).ranks(2).build();
    TrainingRun other = TrainingRuns.healthy(run).ranks(2).seed(5).tokensPerRank(64).build();
    TrainingRun wider = TrainingRuns.healthy(run).ranks(3).seed(6).build();
    TrainingRun newer = TrainingRuns.healthy(run).ranks(2).incarnation(1).seed(7).build();
    Map<String, String> observations = new TreeMap<>();
    Map<String, StepSignals> signals = new HashMap<>();

    // The newer incarnation is there before the older one begins.
    for (long step = NEWER_BEGINS; step < STEPS; step++) {
      newer.step(step).forEach(telemetry -> send(telemetry, observations));
      send(newer.signals(step), signals);
    }
    RunningWriter first = start();
    first.awaitCaughtUp();

    List<Runnable> sendings = new ArrayList<>();
    for (long step = 0; step < STEPS; step++) {
      long at = step;
      for (TrainingRun trainer : List.of(one, other)) {
        trainer.step(at).forEach(telemetry -> sendings.add(() -> send(telemetry, observations)));
        sendings.add(() -> send(trainer.signals(at), signals));
      }
      if (step % 3 == 0) {
        sendings.add(() -> send(wider.signals(at), signals));
      }
    }
    Collections.shuffle(sendings, new Random(23));
    for (int i = 0; i < sendings.size(); i++) {
      sendings.get(i).run();
      if (i == sendings.size() / 3) {
        start().awaitJoined();
      } else if (i == sendings.size() / 2) {
        first.stop();
      }
    }
    kafka.flush();
    writers.getLast().awaitCaughtUp();

    assertThat(stored()).isEqualTo(observations);
    assertThat(observations.values().stream().filter(row -> row.startsWith("64|")))
        .as("both trainers were first now and then")
        .hasSizeBetween(60, 240);
    assertThat(
            database.value(
                "select count(*) from ui_v1_telemetry_counts where run = '%s'".formatted(run)
                    + " and stored = case incarnation when 0 then 300 else 100 end"))
        .isEqualTo("2");
    assertThat(steps()).isEqualTo(current(signals));
  }

  @Test
  void shouldTakeTheLastDeclarationButNeverGoBackFromTheEnd() throws Exception {
    RunSpec one = TrainingRuns.healthy(run).build().spec();
    RunSpec other = TrainingRuns.healthy(run).ranks(4).build().spec();
    start();
    declare(one, RunStatus.RUNNING);
    declare(other, RunStatus.RUNNING);
    awaitTold("4|running");
    declare(one, RunStatus.FINISHED);
    awaitTold("1|finished");
    declare(other, RunStatus.RUNNING);
    declare(other, RunStatus.PAUSED);
    kafka.send(TrainingRuns.healthy(run).build().signals(3));
    writers.getLast().awaitCaughtUp();
    awaitTold("1|finished");
  }

  private void declare(RunSpec spec, RunStatus status) {
    kafka.send(Topics.RUNS, run, Codecs.RUN_SPEC.encode(Samples.declaration(spec, status, 0)));
  }

  private void awaitTold(String expected) throws Exception {
    Await.until(
        expected,
        LIMIT,
        () ->
            database
                .rows("select world_size, status from ui_v1_runs where run = '%s'".formatted(run))
                .equals(List.of(expected)));
  }

  private static void send(StepTelemetry telemetry, Map<String, String> expected) {
    kafka.send(telemetry);
    expected.putIfAbsent(
        telemetry.key().incarnation() + "|" + telemetry.key().step() + "|" + telemetry.key().rank(),
        telemetry.tokens() + "|" + telemetry.losses().languageModel());
  }

  private static void send(StepSignals step, Map<String, StepSignals> expected) {
    kafka.send(step);
    expected.merge(
        step.key().incarnation() + "|" + step.key().step(),
        step,
        (known, next) -> next.ranksSeen() > known.ranksSeen() ? next : known);
  }

  /** Incarnation 0 before the first step of incarnation 1, and from there incarnation 1. */
  private static List<String> current(Map<String, StepSignals> signals) {
    return LongStream.range(0, STEPS)
        .mapToObj(step -> (step < NEWER_BEGINS ? "0|" : "1|") + step)
        .map(
            key ->
                key
                    + "|"
                    + signals.get(key).ranksSeen()
                    + "|"
                    + signals.get(key).losses().languageModel())
        .toList();
  }

  private List<String> steps() throws Exception {
    return database
        .rows(
            "select incarnation, step, ranks_seen, loss_lm from ui_v1_run_steps where run = '%s'"
                    .formatted(run)
                + " order by step")
        .stream()
        .map(row -> row.split("\\|"))
        .map(f -> String.join("|", f[0], f[1], f[2]) + "|" + Double.valueOf(f[3]))
        .toList();
  }

  private Map<String, String> stored() throws Exception {
    Map<String, String> stored = new TreeMap<>();
    for (String row :
        database.rows(
            "select incarnation, step, rank, tokens, loss_lm from evenkeel_store.observation"
                + " join evenkeel_store.run using (run_id) where run = '%s'".formatted(run))) {
      String[] f = row.split("\\|");
      String twin =
          stored.put(String.join("|", f[0], f[1], f[2]), f[3] + "|" + Double.valueOf(f[4]));
      assertThat(twin).as("stored twice: %s", row).isNull();
    }
    return stored;
  }

  private RunningWriter start() {
    RunningWriter writer = new RunningWriter(database, kafka, group, UnaryOperator.identity());
    writers.add(writer);
    return writer;
  }
}
