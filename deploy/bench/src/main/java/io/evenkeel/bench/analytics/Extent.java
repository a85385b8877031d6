package io.evenkeel.bench.analytics;

/**
 * How much is measured.
 *
 * @param rounds turns of decoding, one slot and two
 * @param steps of a round
 * @param seconds at half load
 * @param largeSteps of the largest model; 0 for none
 */
record Extent(int rounds, int steps, int seconds, int largeSteps) {}
