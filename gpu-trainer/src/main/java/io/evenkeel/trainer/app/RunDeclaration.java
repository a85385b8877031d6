package io.evenkeel.trainer.app;

import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.loop.RunPosition;
import io.evenkeel.trainer.telemetry.TelemetryBuilder;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run declares of itself, at its start and whenever its standing changes. */
final class RunDeclaration {
  private final String run;
  private final TrainerConfig config;
  private final Arrangement arrangement;
  private final KnobBoard knobs;
  private final List<String> actions;
  private final Map<String, String> labels;
  private final Clock clock;
  private @Nullable RunPosition begun;
  private Instant started = Instant.EPOCH;

  /**
   * Makes a declaration.
   *
   * @param arrangement of ranks and micro-batches
   * @param actions offered
   * @param labels for people
   */
  RunDeclaration(
      String run,
      TrainerConfig config,
      Arrangement arrangement,
      KnobBoard knobs,
      List<String> actions,
      Map<String, String> labels,
      Clock clock) {
    this.run = run;
    this.config = config;
    this.arrangement = arrangement;
    this.knobs = knobs;
    this.actions = actions;
    this.labels = labels;
    this.clock = clock;
  }

  /** The run as it stands; a position of a new incarnation is where that begins. */
  RunSpec at(RunStatus status, RunPosition position) {
    if (begun == null || position.incarnation() > begun.incarnation()) {
      begun = position;
      started = clock.instant();
    }
    return new RunSpec(
        run,
        position.incarnation(),
        config.name(),
        status,
        started,
        status.isLive() ? null : clock.instant(),
        arrangement.ranks(),
        begun.step(),
        config.training().steps(),
        RunDescription.model(config, arrangement),
        RunDescription.optimizer(config),
        TelemetryBuilder.shape(config.model()),
        knobs.declarations(),
        actions,
        config.training().leaseMillis(),
        labels);
  }
}
