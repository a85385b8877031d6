/**
 * The speed of analytics: telemetry records a second on one core, against a consumer that does
 * nothing but decode the same records; what a second slot brings; how cost grows with ranks; how
 * soon signals and alerts stand in Kafka; how large a run's state is; and where the time goes.
 *
 * <p>Contract: as of {@code io.evenkeel.bench}. The broker runs in this process; the service, as
 * {@code ./evenkeel up} starts it, and the consumer run in processes of their own, which first run
 * and compile on all cores, and are measured when their compiler has nothing left to do, held to a
 * number of cores by {@code taskset}. All data lie in a temporary folder that is gone afterwards.
 * Threading: one thread measures; two more watch topics while latency is measured.
 */
@NullMarked
package io.evenkeel.bench.analytics;

import org.jspecify.annotations.NullMarked;
