/**
 * Charts of a long series: how fast {@code ui_v1_series} answers, and how much faster than the rows
 * themselves would.
 *
 * <p>Contract: as of {@code io.evenkeel.bench}; the database is a temporary one with the writer's
 * own schema and roller. Threading: one thread.
 */
@NullMarked
package io.evenkeel.bench.query;

import org.jspecify.annotations.NullMarked;
