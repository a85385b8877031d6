/**
 * A real Kafka broker and a real PostgreSQL inside one machine, with durable data.
 *
 * <p>Contract: what is started here keeps its data over restarts and kills, listens on the loopback
 * address alone, and leaves no process behind when its parent dies. Threading: {@code start} and
 * {@code close} may be called from any thread, each once; the accessors are immutable. Must not
 * import any other package of Evenkeel: every module's integration tests use it.
 */
@NullMarked
package io.evenkeel.embedded;

import org.jspecify.annotations.NullMarked;
