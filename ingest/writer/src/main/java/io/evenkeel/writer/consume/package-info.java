/**
 * The way from Kafka to the store: read, decode, gather, store, and only then commit the offsets.
 *
 * <p>Contract: every record of the topics is stored or dead-lettered at least once, and the store
 * makes that exactly once. While the database is away the consumer keeps its place in the group and
 * waits. Threading: one {@link io.evenkeel.writer.consume.WriterLoop} is run by one thread; only
 * {@code stop} may be called by others. Must not import {@code app}, nor JDBC.
 */
@NullMarked
package io.evenkeel.writer.consume;

import org.jspecify.annotations.NullMarked;
