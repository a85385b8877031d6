/**
 * The detectors: pure state machines, one file each, {@code (memory, observation) -> (memory,
 * judgement)}; and {@link io.evenkeel.analytics.detect.Lifecycle}, which they share, from a value
 * beyond its threshold to an incident that fires once and is resolved once. {@link
 * io.evenkeel.analytics.detect.Detectors} runs them over a step's signals.
 *
 * <p>All values are immutable, all functions pure: no clock, no I/O, no Flink, no Kafka. State
 * lives behind {@link io.evenkeel.analytics.detect.ScopeStates}. NaN and infinity never enter a
 * memory. Must not import {@code org.apache.flink} or {@code analytics.job}.
 */
@NullMarked
package io.evenkeel.analytics.detect;

import org.jspecify.annotations.NullMarked;
