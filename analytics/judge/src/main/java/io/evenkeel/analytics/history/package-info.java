/**
 * Stored steps of a run, read from the {@code ui_v1_*} views as the signals that they were made of,
 * and rules tried on them by the code that judges live runs.
 *
 * <p>Threading: everything is used by one thread at a time. SQL over a connection that the caller
 * gives, nothing else: no Flink, no Kafka, no clock.
 */
@NullMarked
package io.evenkeel.analytics.history;

import org.jspecify.annotations.NullMarked;
