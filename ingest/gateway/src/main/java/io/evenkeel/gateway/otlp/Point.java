package io.evenkeel.gateway.otlp;

/**
 * A data point that has been understood.
 *
 * @param rank whose
 * @param facts what its resource says
 * @param step which step
 * @param target what of the step
 * @param kind how it goes with others for the same target
 * @param value any number
 * @param startNanos start of the time over which a sum runs, nanoseconds since the epoch; 0 unknown
 * @param timeNanos time of the point, nanoseconds since the epoch; 0 unknown
 */
record Point(
    Rank rank,
    RunFacts facts,
    long step,
    Target target,
    Kind kind,
    double value,
    long startNanos,
    long timeNanos) {

  /** How points for one target go together. */
  enum Kind {
    /** The latest counts: a gauge, or a sum since the start. */
    LATEST,
    /** All add up: a sum since the last export. */
    INCREMENT
  }
}
