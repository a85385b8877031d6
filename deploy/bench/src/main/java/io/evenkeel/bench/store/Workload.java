package io.evenkeel.bench.store;

import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a training run of a middling mixture-of-experts model tells: 8 layers, 32 FFN and 8 zero
 * experts, 4 ranks. The contents of {@value #DISTINCT} steps come round again under other keys.
 */
final class Workload {
  /** Ranks, and so observations a step. */
  static final int RANKS = 4;

  private static final int DISTINCT = 64;
  private static final Duration STEP_TIME = Duration.ofMillis(250);

  private final List<List<StepTelemetry>> telemetry = new ArrayList<>();
  private final List<StepSignals> signals = new ArrayList<>();
  private final Instant start;

  Workload(Instant start) {
    this.start = start;
    TrainingRun run =
        TrainingRuns.healthy("bench")
            .layers(8)
            .experts(32, 8, 4, 3.2)
            .ranks(RANKS)
            .pace(start, STEP_TIME)
            .build();
    for (int step = 0; step < DISTINCT; step++) {
      telemetry.add(run.step(step));
      signals.add(run.signals(step));
    }
  }

  /** Records of one step: each rank's observation, and the signals. */
  static int recordsPerStep() {
    return RANKS + 1;
  }

  /** What a rank tells of a step. */
  StepTelemetry telemetry(String run, long step, int rank) {
    StepTelemetry base = telemetry.get((int) (step % DISTINCT)).get(rank);
    return new StepTelemetry(
        new ObservationKey(run, 0, step, rank),
        base.worldSize(),
        wallTime(step),
        base.stepTimeMillis(),
        base.telemetryTimeMillis(),
        base.tokens(),
        base.losses(),
        base.gradientNorm(),
        base.clipCoefficient(),
        base.tensorPlacement(),
        base.tensors(),
        base.moeShape(),
        base.moeLayers(),
        base.activations(),
        base.knobs(),
        base.lastCommand(),
        base.scalars(),
        base.droppedBefore());
  }

  /** What analytics tells of a step. */
  StepSignals signals(String run, long step) {
    StepSignals base = signals.get((int) (step % DISTINCT));
    return new StepSignals(
        new StepKey(run, 0, step),
        base.ranksSeen(),
        base.worldSize(),
        wallTime(step),
        wallTime(step).plusMillis(5),
        base.tokens(),
        base.losses(),
        base.gradientNorm(),
        base.clipCoefficient(),
        base.layers(),
        base.activations(),
        base.tensors(),
        base.gradientNormRatioMax(),
        base.gradientNormRatioMean(),
        base.logitGradientRatioMax(),
        base.epsilonOverRmsMax(),
        base.belowEpsilonShare(),
        base.lossSpikeScore(),
        base.gradientNormSpikeScore(),
        base.stepTimeMillis(),
        base.telemetryTimeMillis(),
        base.stragglerSkew(),
        base.nonFinite(),
        base.knobs(),
        base.lastCommand(),
        base.scalars(),
        base.lateParts(),
        base.droppedBefore());
  }

  private Instant wallTime(long step) {
    return start.plus(STEP_TIME.multipliedBy(step + 1));
  }
}
