package io.evenkeel.bench.analytics;

/**
 * How much is measured.
 *
 * @param rounds turns of decoding, one slot and two
 * @param steps measured of a round, and twice as many before them that warm up
 * @param seconds at half load
 * @param largeSteps of the largest model; 0 for none
 */
record Extent(int rounds, int steps, int seconds, int largeSteps) {
  /** Steps before those that are measured. */
  int warmUpSteps() {
    return 2 * steps;
  }
}
