package io.evenkeel.standalone.replay;

/** How long the parts of a replay took, seconds. */
final class Stopwatch {
  private static final double NANOS_A_SECOND = 1e9;

  private final long began = System.nanoTime();
  private long lap = began;

  /** Seconds since the last call, or the beginning. */
  double lap() {
    long now = System.nanoTime();
    double seconds = (now - lap) / NANOS_A_SECOND;
    lap = now;
    return seconds;
  }

  /** Seconds since the beginning. */
  double total() {
    return (System.nanoTime() - began) / NANOS_A_SECOND;
  }
}
