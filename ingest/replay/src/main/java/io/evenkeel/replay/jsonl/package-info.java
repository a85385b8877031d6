/**
 * Telemetry as JSON, one step a line, as the gateway takes it.
 *
 * <p>Contract: a line that cannot be read is counted and harms no other. Threading: one thread at a
 * time. Must not import the packages of the other formats.
 */
@NullMarked
package io.evenkeel.replay.jsonl;

import org.jspecify.annotations.NullMarked;
