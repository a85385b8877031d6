/**
 * The database: its migrations, and writing a batch of records into it in one transaction.
 *
 * <p>Contract: a batch is stored wholly or not at all, and storing it again changes nothing. What
 * goes wrong is one of three things ({@link io.evenkeel.writer.store.StoreException.Kind}): the
 * database is away, it is full, or it refuses the batch. Threading: one thread a {@link
 * io.evenkeel.writer.store.BatchStore}; several stores, in one process or many, may write the same
 * records at once. Must not import Kafka, nor the other packages of the writer.
 */
@NullMarked
package io.evenkeel.writer.store;

import org.jspecify.annotations.NullMarked;
