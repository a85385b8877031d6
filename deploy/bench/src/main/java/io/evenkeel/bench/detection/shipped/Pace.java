package io.evenkeel.bench.detection.shipped;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.trainer.fault.FaultPlan;
import java.time.Instant;
import java.util.SplittableRandom;

/**
 * Times of steps that do not depend on the machine: a second, each rank with {@value #NOISE} of
 * noise, and what the plan's slow ranks add. A step ends when its slowest rank does.
 */
final class Pace {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final double BASE_MILLIS = 1_000;
  private static final double NOISE = 0.02;
  private static final double TELEMETRY_MILLIS = 2;

  private final FaultPlan faults;
  private final long seed;
  private final double[] endMillis;

  /** For steps 0 to {@code steps} - 1 of {@code ranks} ranks. */
  Pace(FaultPlan faults, int ranks, long steps, long seed) {
    this.faults = faults;
    this.seed = seed;
    endMillis = new double[Math.toIntExact(steps)];
    double end = 0;
    for (int step = 0; step < endMillis.length; step++) {
      double slowest = 0;
      for (int rank = 0; rank < ranks; rank++) {
        slowest = Math.max(slowest, millis(step, rank));
      }
      end += slowest;
      endMillis[step] = end;
    }
  }

  private double millis(long step, int rank) {
    double noise = new SplittableRandom(seed * 1_000_003 + step * 257 + rank).nextGaussian();
    return BASE_MILLIS * Math.exp(NOISE * noise) + faults.delayMillis(step, rank);
  }

  /** The same telemetry at this pace. */
  StepTelemetry stamp(StepTelemetry t) {
    return new StepTelemetry(
        t.key(),
        t.worldSize(),
        START.plusMillis(Math.round(endMillis[Math.toIntExact(t.key().step())])),
        millis(t.key().step(), t.key().rank()),
        TELEMETRY_MILLIS,
        t.tokens(),
        t.losses(),
        t.gradientNorm(),
        t.clipCoefficient(),
        t.tensorPlacement(),
        t.tensors(),
        t.moeShape(),
        t.moeLayers(),
        t.activations(),
        t.knobs(),
        t.lastCommand(),
        t.scalars(),
        t.droppedBefore());
  }
}
