package io.evenkeel.bench.detection;

/** What a window of steps asks for. */
public enum Demand {
  /** An alert has to fire in it. */
  MUST,
  /** An alert may fire in it: it is neither asked for nor false. */
  MAY
}
