package io.evenkeel.analytics.signal;

import java.util.BitSet;

/**
 * A step whose wait is over.
 *
 * @param step the step
 * @param ranks ranks that have arrived, at least one
 */
public record ReadyStep(long step, BitSet ranks) {}
