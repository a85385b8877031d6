/** Kafka sources and sinks of the job; the only package that imports Kafka. */
@NullMarked
package io.evenkeel.analytics.job.connector;

import org.jspecify.annotations.NullMarked;
