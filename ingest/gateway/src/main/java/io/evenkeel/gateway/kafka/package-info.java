/**
 * The gateway's connection to Kafka: records go in, topics are followed, and whether it answers is
 * watched.
 *
 * <p>Contract: {@link io.evenkeel.gateway.kafka.RecordSink} returns when the records are
 * acknowledged by all replicas, and refuses at once while Kafka is away. Threading: everything is
 * thread-safe; a follower's handlers run on its one thread. Of the gateway it imports {@code
 * problem} alone.
 */
@NullMarked
package io.evenkeel.gateway.kafka;

import org.jspecify.annotations.NullMarked;
