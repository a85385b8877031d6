/**
 * The log that HuggingFace's Trainer keeps in {@code trainer_state.json}.
 *
 * <p>Contract: read as a stream; what comes before a syntax error counts. Threading: one thread at
 * a time. Must not import the packages of the other formats.
 */
@NullMarked
package io.evenkeel.replay.trainerstate;

import org.jspecify.annotations.NullMarked;
