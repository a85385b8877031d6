package io.evenkeel.analytics.signal;

/** What became of a part when it arrived. */
public enum Arrival {
  /** It belongs to a step that waits for it: keep it. */
  KEPT,
  /** The same rank of the same step has been seen: ignore it. */
  DUPLICATE,
  /** Its step has been emitted without it. Counted. */
  LATE,
  /** A newer incarnation of the run has begun: ignore it. */
  SUPERSEDED
}
