/**
 * Sends the steps of a log as a trainer would have.
 *
 * <p>Contract: nothing is dropped; a full buffer is waited for. Threading: the caller's thread.
 * Must not import Kafka: records go through {@code io.evenkeel.client}.
 */
@NullMarked
package io.evenkeel.replay.send;

import org.jspecify.annotations.NullMarked;
