package io.evenkeel.testing;

import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A synthetic training run. Every record is a pure function of the run's settings, the step and the
 * rank, so that steps may be asked for in any order, and again. Immutable, thread-safe.
 */
public final class TrainingRun {

  private final TrainingRuns settings;
  private final TelemetrySynthesis telemetry;

  TrainingRun(TrainingRuns settings) {
    this.settings = settings;
    this.telemetry = new TelemetrySynthesis(settings);
  }

  /** The run as its trainer declares it, RUNNING, with the built-in trainer's knobs. */
  public RunSpec spec() {
    return RunSpecs.of(settings);
  }

  /** What {@code rank} tells of {@code step}. */
  public StepTelemetry telemetry(long step, int rank) {
    return telemetry.at(step, rank);
  }

  /** What all ranks tell of {@code step}, ascending by rank. */
  public List<StepTelemetry> step(long step) {
    return IntStream.range(0, settings.ranks).mapToObj(rank -> telemetry(step, rank)).toList();
  }

  /** All ranks of steps 0 to {@code steps} - 1, step by step. */
  public Stream<StepTelemetry> stream(long steps) {
    return LongStream.range(0, steps).boxed().flatMap(step -> step(step).stream());
  }

  /**
   * The signals of {@code step}, all ranks merged: FORMULAS in their plainest form, independent of
   * the analytics module. The spike scores come from the settings, not from a window.
   */
  public StepSignals signals(long step) {
    return SignalSynthesis.merge(settings, step(step));
  }

  /** The signals of steps 0 to {@code steps} - 1. */
  public Stream<StepSignals> signalsStream(long steps) {
    return LongStream.range(0, steps).mapToObj(this::signals);
  }
}
