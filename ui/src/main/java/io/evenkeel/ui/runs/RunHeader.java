package io.evenkeel.ui.runs;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a run without its steps.
 *
 * @param run run id
 * @param incarnation newest incarnation
 * @param name a name for people; text from outside
 * @param status running, finished or failed
 * @param startedAt when it began
 * @param endedAt when it ended; null while it runs
 * @param worldSize data-parallel ranks; 0 when not known
 * @param plannedSteps steps that it means to do; 0 when not declared
 * @param firstStep first step; null before the first telemetry
 * @param lastStep last step; null before the first telemetry
 * @param lastTelemetryAt when the last telemetry was sent; null before the first
 * @param lossLast language-model loss of the last step
 * @param tokensTotal tokens so far
 * @param openAlerts alerts that fire now
 * @param layers L; 0 when not known
 * @param ffnExperts N; 0 when not known
 * @param zeroExperts Z
 * @param ffnExpertsTarget K_e; null when not known
 * @param knobs knobs declared
 */
public record RunHeader(
    String run,
    int incarnation,
    String name,
    String status,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    int worldSize,
    long plannedSteps,
    @Nullable Long firstStep,
    @Nullable Long lastStep,
    @Nullable Instant lastTelemetryAt,
    @Nullable Double lossLast,
    long tokensTotal,
    int openAlerts,
    int layers,
    int ffnExperts,
    int zeroExperts,
    @Nullable Double ffnExpertsTarget,
    List<Knob> knobs) {

  // Longer than any step a trainer takes between two observations when it is well.
  private static final Duration STALE = Duration.ofSeconds(15);

  /** Copies. */
  public RunHeader {
    knobs = List.copyOf(knobs);
  }

  /** Whether it says that it runs. */
  public boolean isRunning() {
    return "running".equals(status);
  }

  /** Whether it runs, by its own word, and yet has sent nothing for a while. */
  public boolean isStale(Instant now) {
    return isRunning()
        && lastTelemetryAt != null
        && Duration.between(lastTelemetryAt, now).compareTo(STALE) > 0;
  }
}
