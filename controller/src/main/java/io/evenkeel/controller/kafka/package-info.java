/**
 * The edges of the control loop on Kafka: two reading threads that fill its queue, and the sinks of
 * commands and audit entries. The only package of the control path that imports Kafka.
 */
@NullMarked
package io.evenkeel.controller.kafka;

import org.jspecify.annotations.NullMarked;
