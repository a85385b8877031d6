/**
 * How records and state travel through Flink: one serialiser that delegates to the contract's
 * codecs and to the state types' own formats, each of which begins with a version. Kryo is off.
 * Must not import {@code job.function} or {@code job.connector}.
 */
@NullMarked
package io.evenkeel.analytics.job.state;

import org.jspecify.annotations.NullMarked;
