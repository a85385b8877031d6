/**
 * Requests that wait for something to happen to a run.
 *
 * <p>Contract: a waiting request is a future and no thread. Threading: everything is thread-safe.
 * Of the gateway it imports {@code problem} alone.
 */
@NullMarked
package io.evenkeel.gateway.poll;

import org.jspecify.annotations.NullMarked;
