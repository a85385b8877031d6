/**
 * {@code ./evenkeel bench ingest}: how much of Kafka's own speed is left behind the gateway.
 *
 * <p>Contract: the same encoded records go into one broker in turns, straight and through a gateway
 * in a process of its own. Threading: one measurement at a time. It knows the gateway by its
 * command line, its environment and docs/http-api.md alone.
 */
@NullMarked
package io.evenkeel.bench.ingest;

import org.jspecify.annotations.NullMarked;
