/**
 * The job without Flink: a run's stored or made-up telemetry in, the signals and alerts out that
 * the job would have made of it. For backtests of rules, benchmarks of detection and the
 * controller's training ground.
 *
 * <p>Pure, in memory and single-threaded: no clock but the telemetry's own wall times, no I/O, no
 * Flink, no Kafka. Bounded as the job is: by the steps that wait for ranks and the run's scopes.
 * Builds on {@code analytics.signal} and {@code analytics.detect}; must not import {@code
 * org.apache.flink} or {@code analytics.job}.
 */
@NullMarked
package io.evenkeel.analytics.offline;

import org.jspecify.annotations.NullMarked;
