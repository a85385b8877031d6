package io.evenkeel.trainer.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.SubscriptionStatistics;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.memory.MemoryBroker;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.trainer.checkpoint.Checkpoint;
import io.evenkeel.trainer.checkpoint.Manifest.Kind;
import io.evenkeel.trainer.checkpoint.RunFolder;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.loop.StopRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The train command from its options to what it tells, without a broker beside it. */
final class TrainCommandTest {
  @TempDir Path data;
  private final MemoryBroker broker = new MemoryBroker();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine command = TrainerMain.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    List<String> all = new ArrayList<>(List.of("train", "--threads", "1"));
    if (!List.of(arguments).contains("--config")) {
      all.addAll(List.of("--config", "tiny"));
    }
    all.addAll(Arrays.asList(arguments));
    return command.execute(all.toArray(String[]::new));
  }

  private static TrainOptions options(String... arguments) {
    TrainOptions options = new TrainOptions();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
    return options;
  }

  /** Connects to the memory broker, with another source of commands if there is one. */
  private Uplink uplink(Optional<CommandSubscription> commands) {
    return new Uplink() {
      @Override
      public Optional<TelemetryPublisher> publisher() {
        return Optional.of(broker.publisher());
      }

      @Override
      public Optional<CommandSubscription> commands(String run) {
        return commands.or(() -> Optional.of(broker.subscription(run)));
      }

      @Override
      public Optional<AlertSubscription> alerts(String run) {
        return Optional.of(broker.alerts(run));
      }
    };
  }

  private Checkpoint newest(String run) throws Exception {
    return RunFolder.open(data, run).checkpoints().getFirst();
  }

  @Test
  void shouldGrowAModelAndSayWhereItCameFrom() throws Exception {
    assertThat(run("--steps", "6", "--run", "small", "--data", data.toString())).isZero();
    String checkpoint = newest("small").tensors().toString();
    assertThat(
            run(
                "--steps",
                "3",
                "--run",
                "large",
                "--data",
                data.toString(),
                "--grow-from",
                checkpoint,
                "--times",
                "2"))
        .isZero();

    Checkpoint grown = newest("large");
    assertThat(grown.manifest().model()).containsEntry("layers", "4");
    assertThat(grown.manifest().updates()).isEqualTo(3);
    assertThat(grown.manifest().lineage())
        .singleElement()
        .satisfies(
            origin -> {
              assertThat(origin.kind()).isEqualTo(Kind.GROWN);
              assertThat(origin.run()).isEqualTo("small");
              assertThat(origin.step()).isEqualTo(6);
              assertThat(origin.times()).isEqualTo(2);
            });
    // What was learnt is not lost: far below the loss of a model that knows nothing, ln 256 = 5.5.
    assertThat(out.toString()).contains("validation");

    // The same command again goes on with the run that is there, and grows nothing twice.
    assertThat(
            run(
                "--steps",
                "5",
                "--run",
                "large",
                "--data",
                data.toString(),
                "--grow-from",
                checkpoint,
                "--times",
                "2"))
        .isZero();
    assertThat(newest("large").manifest().nextStep()).isEqualTo(5);
    assertThat(newest("large").manifest().model()).containsEntry("layers", "4");
  }

  @Test
  void shouldRefuseInOneLineWhatDoesNotFit() throws Exception {
    assertThat(run("--steps", "2", "--run", "r", "--data", data.toString())).isZero();
    String checkpoint = newest("r").tensors().toString();

    assertThat(run("--config", "demo", "--run", "r", "--steps", "2", "--data", data.toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("EVK-TRAINER-CHECKPOINT-MODEL").contains("width");
    assertThat(run("--config", "demo", "--steps", "1", "--grow-from", checkpoint)).isEqualTo(2);
    assertThat(run("--steps", "1", "--grow-from", data.resolve("none").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("EVK-TRAINER-CHECKPOINT: ");
    assertThat(run("--steps", "1", "--ranks", "0")).isEqualTo(2);
    assertThat(run("--steps", "1", "--grow-from", checkpoint, "--times", "0")).isEqualTo(2);
  }

  @Test
  void shouldDeclareRanksActionsAndItsEnd() throws Exception {
    TrainOptions options =
        options("--ranks", "2", "--run", "r", "--data", data.toString(), "--threads", "1");
    try (TrainSession session =
        TrainSession.open(options, shortRun(), new PrintWriter(out), uplink(Optional.empty()))) {
      assertThat(session.train(new StopRequest())).isZero();
    }

    assertThat(broker.runs())
        .extracting(RunSpec::status)
        .containsExactly(RunStatus.RUNNING, RunStatus.FINISHED);
    RunSpec declared = broker.runs().getFirst();
    assertThat(declared.worldSize()).isEqualTo(2);
    assertThat(declared.actions())
        .containsExactlyInAnyOrder(
            "save_checkpoint", "skip_update", "roll_back", "pause", "resume", "measure_exactly");
    assertThat(broker.telemetry()).hasSize(4);
    assertThat(out.toString())
        .contains("EVENKEEL-READY trainer")
        .contains("2 ranks")
        .contains("Finished r: 2 steps");
  }

  @Test
  void shouldTellOfAlertsThatFireAndAreResolved() throws Exception {
    TrainOptions options = options("--run", "r", "--data", data.toString(), "--threads", "1");
    try (TrainSession session =
        TrainSession.open(options, shortRun(), new PrintWriter(out), uplink(Optional.empty()))) {
      for (AlertState state : AlertState.values()) {
        broker.sendAlert(Codecs.ALERT_EVENT.encode(alert(state)));
      }
      assertThat(session.train(new StopRequest())).isZero();
    }

    assertThat(out.toString())
        .contains("alert firing: critical gradient-norm-ratio on layers/1: R_g is 0.7")
        .contains("alert resolved: ")
        .doesNotContain("pending");
  }

  private static AlertEvent alert(AlertState state) {
    return new AlertEvent(
        "id",
        "r",
        0,
        "gradient-norm-ratio",
        "layers/1",
        state,
        Severity.CRITICAL,
        0,
        1,
        0.7,
        0.5,
        "R_g is 0.7",
        Map.of(),
        Instant.EPOCH,
        Instant.EPOCH);
  }

  @Test
  void shouldPlanWithoutTraining() {
    assertThat(run("--config", "longcat-flash", "--plan")).isZero();
    assertThat(out.toString()).contains("Parameters").contains("cannot be trained");
    assertThat(out.toString()).doesNotContain("EVENKEEL-READY");
    assertThat(run("--plan", "--ranks", "4")).isZero();
    assertThat(run("--config", "longcat-flash", "--steps", "1")).isEqualTo(2);
    assertThat(err.toString()).contains("EVK-TRAINER-CONFIG");
  }

  @Test
  void shouldMeetThePredictedMemoryAndTellOfFaults() throws Exception {
    Path report = data.resolve("report.json");
    assertThat(
            run(
                "--steps",
                "4",
                "--report",
                report.toString(),
                "--inject",
                "noise@2",
                "--inject",
                "alpha=1@1",
                "--accumulation",
                "2"))
        .isZero();

    JsonNode told = new JsonMapper().readTree(report.toFile());
    assertThat(told.path("memory_allocated_bytes").asDouble())
        .isCloseTo(told.path("memory_predicted_bytes").asDouble(), withinPercentage(5));
    assertThat(told.path("validation_loss").asDouble()).isBetween(1.0, 7.0);
    assertThat(told.path("tokens").asLong()).isEqualTo(4L * 2 * 4 * 16);
    assertThat(out.toString())
        .contains("step     1  fault: ")
        .contains("step     2  fault: batches of noise");
    assertThat(run("--steps", "1", "--inject", "nonsense")).isEqualTo(2);
    assertThat(err.toString()).contains("EVK-TRAINER-FAULT");
    assertThat(run("--steps", "1", "--faults", "slow-rank", "--ranks", "1")).isZero();
    Path plan =
        Files.writeString(
            data.resolve("faults.yaml"),
            "faults:\n  - {kind: missing_rank, rank: 3, from: 1, until: 2}\n");
    assertThat(run("--steps", "1", "--faults", plan.toString(), "--ranks", "2")).isEqualTo(2);
    assertThat(err.toString()).contains("EVK-TRAINER-FAULT-RANK");
  }

  private static io.evenkeel.trainer.config.TrainerConfig shortRun() throws Exception {
    var config = ConfigReader.read("tiny");
    var training = config.training();
    return config.withTraining(
        new io.evenkeel.trainer.config.TrainerConfig.Training(
            2,
            training.seed(),
            training.progressEvery(),
            training.checkpointEvery(),
            training.probeEvery(),
            training.exactEvery(),
            training.validationEvery(),
            training.leaseMillis()));
  }

  /** Dies when it is asked for commands a second time, as no subscription should. */
  private static final class DyingSubscription implements CommandSubscription {
    private int polls;

    @Override
    public List<Command> poll() {
      if (polls++ > 0) {
        throw new IllegalStateException("dead");
      }
      return List.of();
    }

    @Override
    public SubscriptionStatistics statistics() {
      return new SubscriptionStatistics(0, 0, 0);
    }

    @Override
    public void close() {}
  }

  @Test
  void shouldDeclareThatTheRunHasFailedWhenTrainingDies() throws Exception {
    TrainOptions options = options("--run", "r", "--data", data.toString(), "--threads", "1");
    assertThatThrownBy(
            () -> {
              try (TrainSession session =
                  TrainSession.open(
                      options,
                      shortRun(),
                      new PrintWriter(out),
                      uplink(Optional.of(new DyingSubscription())))) {
                session.train(new StopRequest());
              }
            })
        .hasMessage("dead");

    assertThat(broker.runs())
        .extracting(RunSpec::status)
        .containsExactly(RunStatus.RUNNING, RunStatus.FAILED);
    assertThat(broker.runs().getLast().ended()).isNotNull();
    // Not ended by itself: the next start takes it up again.
    assertThat(RunFolder.interrupted(data)).contains("r");
  }

  @Test
  void shouldPlanInsteadOfTrainingWhatCannotBeTrained() {
    assertThat(run("--config", "longcat-flash")).isEqualTo(2);
    assertThat(out.toString())
        .contains("total 560.6B", "18.6B to 31.3B, 27.1B")
        .doesNotContain("incarnation");
    assertThat(err.toString())
        .startsWith("EVK-TRAINER-CONFIG: longcat-flash cannot be trained: ")
        .hasLineCount(1);
  }

  @Test
  void shouldTrainOnLanguagesFromTheCommandLine() {
    assertThat(run("--config", "harm-s", "--steps", "3", "--backend", "cpu")).isZero();
    assertThat(out.toString()).contains("Finished", "validation");
  }
}
