/**
 * Bounds of what the gateway takes in: sizes, rates of a token, memory of all requests together.
 *
 * <p>Contract: whoever reads a body reserves its room first; whoever takes records charges them to
 * the caller. Threading: everything is thread-safe. Of the gateway it imports {@code problem} and
 * {@code token} alone.
 */
@NullMarked
package io.evenkeel.gateway.limit;

import org.jspecify.annotations.NullMarked;
