/**
 * What the writer tells Prometheus of itself.
 *
 * <p>Contract: the names are released and listed in {@code docs/configuration.md}. Threading: any
 * thread may tell {@link io.evenkeel.writer.metrics.WriterMetrics} anything at any time. Must not
 * import Kafka, JDBC, nor the other packages of the writer.
 */
@NullMarked
package io.evenkeel.writer.metrics;

import org.jspecify.annotations.NullMarked;
