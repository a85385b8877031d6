/**
 * What the measurements of a running Evenkeel share: the stack as {@code ./evenkeel up} starts it,
 * watching a topic, keeping a pace, and times.
 *
 * <p>Contract: as of {@code io.evenkeel.bench}. Must not import any measurement. Threading: each
 * {@link io.evenkeel.bench.live.TopicWatch} has a thread of its own; all else is the caller's.
 */
@NullMarked
package io.evenkeel.bench.live;

import org.jspecify.annotations.NullMarked;
