package io.evenkeel.ui.chart;

/**
 * A step and when it was.
 *
 * @param step step
 * @param millis milliseconds since the epoch
 */
public record Knot(long step, long millis) {}
