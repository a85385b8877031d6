package io.evenkeel.gym.play;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.trainer.fault.FaultPlan;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The time of a run that does not depend on the machine: a step takes a second, each rank with
 * {@value #NOISE} of noise, and what the plan's slow ranks add; it ends when its slowest rank does.
 * Moved by the thread that trains rank 0, read by the ranks' threads too.
 */
final class VirtualTime extends Clock {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final double BASE_MILLIS = 1_000;
  private static final double NOISE = 0.02;
  private static final double TELEMETRY_MILLIS = 2;

  private final FaultPlan faults;
  private final int ranks;
  private final long seed;
  private volatile long nanos;

  VirtualTime(FaultPlan faults, int ranks, long seed) {
    this.faults = faults;
    this.ranks = ranks;
    this.seed = seed;
  }

  /** Time in which nothing is trained passes. */
  void pass(long more) {
    nanos = nanos + more;
  }

  /** A step has been trained. */
  void passStep(int incarnation, long step) {
    double slowest = 0;
    for (int rank = 0; rank < ranks; rank++) {
      slowest = Math.max(slowest, millis(incarnation, step, rank));
    }
    pass(Math.round(slowest * TimeUnit.MILLISECONDS.toNanos(1)));
  }

  private double millis(int incarnation, long step, int rank) {
    long stream = (seed * 31 + incarnation) * 1_000_003 + step * 257 + rank;
    double noise = new SplittableRandom(stream).nextGaussian();
    return BASE_MILLIS * Math.exp(NOISE * noise) + faults.delayMillis(step, rank);
  }

  /** The same telemetry as if it had been measured in this time, and is sent now. */
  StepTelemetry stamp(StepTelemetry t) {
    return new StepTelemetry(
        t.key(),
        t.worldSize(),
        instant(),
        millis(t.key().incarnation(), t.key().step(), t.key().rank()),
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

  /** Monotonic, nanoseconds. */
  long nanoTime() {
    return nanos;
  }

  @Override
  public Instant instant() {
    return START.plusNanos(nanos);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("there is one zone");
  }
}
