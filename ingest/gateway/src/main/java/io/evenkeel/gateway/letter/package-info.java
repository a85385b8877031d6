/**
 * What was refused, kept for people to look at.
 *
 * <p>Contract: {@link io.evenkeel.gateway.letter.DeadLetters} makes a dead letter of what could not
 * be taken, and sends it. Threading: thread-safe. Of the gateway it imports {@code kafka} alone.
 */
@NullMarked
package io.evenkeel.gateway.letter;

import org.jspecify.annotations.NullMarked;
