/**
 * The bounded buffer between the training thread and a transport, and the seam at which transports
 * fit in.
 *
 * <p>{@link io.evenkeel.client.buffer.Outbox} is a pure state machine, not thread-safe; {@link
 * io.evenkeel.client.buffer.BufferedPublisher} guards it with a lock that is never held during
 * encoding or I/O, and sends from one thread. Imports no transport's library.
 */
@NullMarked
package io.evenkeel.client.buffer;

import org.jspecify.annotations.NullMarked;
