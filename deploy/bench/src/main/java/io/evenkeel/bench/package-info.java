/**
 * Measurements: the commands behind {@code ./evenkeel bench}.
 *
 * <p>Contract: each command prints its figures and, if asked, writes them as JSON; it ends with
 * status 0 when it has measured, whatever the figures are, and with another status and one line
 * when it could not. Runs the trainer's own classes in this process, which no other module does.
 * Threading: commands run on the main thread.
 */
@NullMarked
package io.evenkeel.bench;

import org.jspecify.annotations.NullMarked;
