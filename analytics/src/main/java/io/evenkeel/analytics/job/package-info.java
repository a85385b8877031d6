/**
 * The Flink job: {@link io.evenkeel.analytics.job.StabilityJob} wires sources, merge, detectors and
 * sinks, which are handed in; {@link io.evenkeel.analytics.job.StabilityJobMain} runs it on Kafka,
 * in this JVM or on a cluster. Nothing here computes a signal or judges one.
 */
@NullMarked
package io.evenkeel.analytics.job;

import org.jspecify.annotations.NullMarked;
