/**
 * The speed of the store: from Kafka into the indexed tables by the writer, against a bare COPY of
 * the same rows, and how soon a record stands in the views.
 *
 * <p>Contract: as of {@code io.evenkeel.bench}. The broker runs in this process, the database and
 * the writer in processes of their own, all in a temporary folder that is gone afterwards.
 * Threading: one thread measures; one more watches the views.
 */
@NullMarked
package io.evenkeel.bench.store;

import org.jspecify.annotations.NullMarked;
