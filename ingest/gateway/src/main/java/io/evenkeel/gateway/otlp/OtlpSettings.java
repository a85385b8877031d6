package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.error.Check;
import java.time.Duration;

/**
 * How steps are gathered.
 *
 * @param quiet a step is whole when no point of it has come for so long
 * @param settled the same, once a later step of the same rank has begun
 * @param longest a step is closed so long after its first point, whatever comes
 * @param maxOpenPoints points of steps not yet stored that are held at one time, of all runs
 * @param maxStepPoints points of one step
 * @param maxRememberedPoints points of stored steps that are known when they come again, of all
 *     runs; 8 bytes each
 */
public record OtlpSettings(
    Duration quiet,
    Duration settled,
    Duration longest,
    int maxOpenPoints,
    int maxStepPoints,
    int maxRememberedPoints) {

  /** What holds unless it is configured otherwise. */
  public static final OtlpSettings STANDARD =
      new OtlpSettings(
          Duration.ofSeconds(1),
          Duration.ofMillis(250),
          Duration.ofSeconds(5),
          500_000,
          100_000,
          2_000_000);

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a wait exceeds the next longer one, or a limit is below 1
   */
  public OtlpSettings {
    Check.that(!settled.isNegative() && settled.compareTo(quiet) <= 0, "settled exceeds quiet");
    // An exporter waits ten seconds for its answer.
    Check.that(
        quiet.compareTo(longest) <= 0 && longest.compareTo(Duration.ofSeconds(8)) <= 0,
        "quiet exceeds longest, or longest eight seconds");
    Check.that(
        maxOpenPoints >= 1 && maxStepPoints >= 1 && maxRememberedPoints >= 0,
        "limits must be at least 1");
  }

  /** The same with another {@code quiet}, of at most {@code longest}. */
  public OtlpSettings withQuiet(Duration other) {
    return new OtlpSettings(
        other, other.dividedBy(4), longest, maxOpenPoints, maxStepPoints, maxRememberedPoints);
  }
}
