/**
 * Exported runs ({@code ./evenkeel export --format jsonl}): what analytics made of a step, turned
 * back into telemetry of which it makes the same.
 *
 * <p>Contract: one observation a line, as if one rank had told the whole step; a line that cannot
 * be read is counted and harms no other. Threading: one thread at a time. Must not import the
 * packages of the other formats, nor analytics.
 */
@NullMarked
package io.evenkeel.replay.stored;

import org.jspecify.annotations.NullMarked;
