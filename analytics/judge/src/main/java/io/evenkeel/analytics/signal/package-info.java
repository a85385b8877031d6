/**
 * The mathematics of the signals: {@link io.evenkeel.analytics.signal.StepSum} adds the ranks of a
 * step up, exactly and so in any order and grouping; {@link io.evenkeel.analytics.signal.LaneMerge}
 * does so for a share of a run's ranks, and {@link io.evenkeel.analytics.signal.MergeProgress}
 * decides when a step has all of them. {@link io.evenkeel.analytics.signal.SignalMath} derives the
 * signals of FORMULAS sections 4 to 6 from the sums, and {@link
 * io.evenkeel.analytics.signal.SpikeScore} scores a value against the window before it.
 *
 * <p>Pure and single-threaded: no clock, no I/O, no Flink, no Kafka. NaN and infinity are data and
 * never fail a calculation. Must not import {@code org.apache.flink}, {@code analytics.detect} or
 * {@code analytics.job}.
 */
@NullMarked
package io.evenkeel.analytics.signal;

import org.jspecify.annotations.NullMarked;
