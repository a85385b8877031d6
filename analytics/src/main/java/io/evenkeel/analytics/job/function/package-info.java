/**
 * Thin process functions: read state, call {@code analytics.signal} or {@code analytics.detect},
 * write state, emit. A record that cannot be processed goes to the dead letters; none fails the
 * job. Must not import Kafka.
 */
@NullMarked
package io.evenkeel.analytics.job.function;

import org.jspecify.annotations.NullMarked;
