/**
 * {@code ./evenkeel token}: who may send over HTTP.
 *
 * <p>Contract: what a script wants is on standard output, alone; sentences for people are on
 * standard error; the exit status is 0, or 1 after a line with an EVK id. A running gateway notices
 * by itself. Threading: the calling thread. Of the gateway it imports {@code token} alone, and no
 * Spring: it starts in a moment.
 */
@NullMarked
package io.evenkeel.gateway.cli;

import org.jspecify.annotations.NullMarked;
