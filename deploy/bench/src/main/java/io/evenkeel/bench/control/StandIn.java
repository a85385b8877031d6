package io.evenkeel.bench.control;

import io.evenkeel.bench.live.Pace;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.kafka.KafkaClient;
import io.evenkeel.client.kafka.KafkaOptions;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.CommandDesk;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.control.Refusal;
import io.evenkeel.trainer.control.RunActions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A trainer that computes nothing: telemetry of a middling model at a steady pace, commands between
 * steps by the trainer's own desk. Every so many steps its loss and gradient norm jump for one
 * step, which calls for one command: to skip an update. Single-threaded.
 */
final class StandIn implements AutoCloseable {
  private static final int LEASE_MILLIS = 30_000;

  /** As a batch of garbage does, which is passed by whatever the weights did. */
  private static final double JUMP_NATS = 6;

  /** Before this step the loss of a synthetic run falls so fast that a jump is hard to tell. */
  private static final long CALM = 400;

  private static final double JUMP_NORM = 7;
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final String run;
  private final TrainingRun figures;
  private final KnobBoard knobs;
  private final Actions actions = new Actions();
  private final TelemetryPublisher publisher;
  private final CommandSubscription commands;
  private final CommandDesk desk;
  private final Map<CommandPosition, Long> issuedFor = new HashMap<>();
  private final Map<Long, Long> published = new HashMap<>();
  private final Map<Long, Taken> taken = new HashMap<>();
  private long refused;

  /**
   * When a command was applied.
   *
   * @param nanos by {@link System#nanoTime}
   * @param step that runs with it
   */
  record Taken(long nanos, long step) {}

  StandIn(String bootstrap, String run, TrainerConfig config) {
    this.run = run;
    this.figures = TrainingRuns.healthy(run).layers(8).experts(64, 32, 8, 5.5).build();
    this.knobs = new KnobBoard(config, Map.of());
    KafkaOptions options = KafkaOptions.of(bootstrap);
    this.publisher = KafkaClient.publisher(options);
    this.commands = KafkaClient.subscription(options, run);
    this.desk =
        new CommandDesk(
            run,
            0,
            knobs,
            actions,
            Duration.ofMillis(LEASE_MILLIS),
            Clock.systemUTC(),
            this::answered);
    publisher.publishRun(declaration(RunStatus.RUNNING, null));
  }

  private RunSpec declaration(RunStatus status, @Nullable Instant ended) {
    RunSpec spec = figures.spec();
    return new RunSpec(
        run,
        0,
        run,
        status,
        Instant.now(),
        ended,
        1,
        0,
        0,
        spec.model(),
        spec.optimizer(),
        spec.moeShape(),
        knobs.declarations(),
        actions.offered(),
        LEASE_MILLIS,
        Map.of());
  }

  /**
   * Trains.
   *
   * @param steps from step 0 on
   * @param jumpEvery steps from one jump to the next
   */
  void train(long steps, Duration stepTime, int jumpEvery) {
    Pace pace = new Pace(1e9 / stepTime.toNanos(), System.nanoTime());
    for (long step = 0; step < steps; step++) {
      takeCommands(step);
      StepTelemetry telemetry = telemetry(step, stepTime, jumps(step, jumpEvery));
      pace.await(step + 1);
      published.put(step, System.nanoTime());
      publisher.publish(telemetry);
    }
    takeCommands(steps);
  }

  /** Whether a step is one at which the loss jumps. */
  static boolean jumps(long step, int jumpEvery) {
    return step % jumpEvery == jumpEvery - 1;
  }

  private void takeCommands(long step) {
    List<Command> arrived = commands.poll();
    for (Command command : arrived) {
      if (command.body() instanceof RunAction) {
        issuedFor.putIfAbsent(command.position(), command.issuedStep());
      }
    }
    desk.handle(arrived, step);
  }

  private void answered(CommandAck ack) {
    publisher.publishAck(ack);
    Long cause = issuedFor.get(ack.position());
    if (ack.status() != AckStatus.APPLIED) {
      refused++;
    } else if (cause != null) {
      taken.putIfAbsent(cause, new Taken(System.nanoTime(), ack.step()));
    }
  }

  private StepTelemetry telemetry(long step, Duration stepTime, boolean jump) {
    StepTelemetry of = figures.telemetry(CALM + step, 0);
    Losses losses = of.losses();
    double up = jump ? JUMP_NATS : 0;
    Double norm = of.gradientNorm();
    return new StepTelemetry(
        new ObservationKey(run, 0, step, 0),
        1,
        Instant.now().plus(stepTime),
        stepTime.toNanos() / 1e6,
        of.telemetryTimeMillis(),
        of.tokens(),
        new Losses(
            plus(losses.languageModel(), up),
            losses.loadBalance(),
            losses.hiddenZ(),
            plus(losses.total(), up)),
        norm == null ? null : norm * (jump ? JUMP_NORM : 1),
        of.clipCoefficient(),
        of.tensorPlacement(),
        of.tensors(),
        of.moeShape(),
        of.moeLayers(),
        of.activations(),
        knobs.values(),
        desk.lastApplied(),
        of.scalars(),
        0);
  }

  private static @Nullable Double plus(@Nullable Double value, double more) {
    return value == null ? null : value + more;
  }

  /** When each step's telemetry was handed over, by {@link System#nanoTime}. */
  Map<Long, Long> published() {
    return published;
  }

  /** The commands applied, by the step that called for them. */
  Map<Long, Taken> taken() {
    return taken;
  }

  /** Commands that were refused. */
  long refused() {
    return refused;
  }

  @Override
  public void close() {
    publisher.publishRun(declaration(RunStatus.FINISHED, Instant.now()));
    publisher.close(LAST_WORDS);
    commands.close();
  }

  /** It has no update to skip. */
  private static final class Actions implements RunActions {
    @Override
    public List<String> offered() {
      return List.of(SKIP_UPDATE);
    }

    @Override
    public Optional<Refusal> perform(RunAction action, long step) {
      return Optional.empty();
    }
  }
}
