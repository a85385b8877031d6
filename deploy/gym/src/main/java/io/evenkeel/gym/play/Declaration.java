package io.evenkeel.gym.play;

import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.loop.RunPosition;
import io.evenkeel.trainer.telemetry.TelemetryBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a run declares of itself.
 *
 * @param run id
 * @param config of it
 * @param ranks data-parallel replicas
 * @param knobs offered
 * @param actions offered
 */
record Declaration(
    String run, TrainerConfig config, int ranks, KnobBoard knobs, List<String> actions) {

  /** The run as it stands; {@code position} is where its present incarnation began. */
  RunSpec at(RunStatus status, RunPosition position, Instant started, Instant now) {
    return new RunSpec(
        run,
        position.incarnation(),
        config.name(),
        status,
        started,
        status.isLive() ? null : now,
        ranks,
        position.step(),
        config.training().steps(),
        Map.of(),
        Map.of(),
        TelemetryBuilder.shape(config.model()),
        knobs.declarations(),
        actions,
        config.training().leaseMillis(),
        Map.of());
  }
}
