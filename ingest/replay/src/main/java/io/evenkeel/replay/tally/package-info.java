/**
 * What was read of a log and what was left out of it, and why.
 *
 * <p>Contract: counts are exact, examples are bounded. Threading: one thread at a time. Must not
 * import any other package of this module.
 */
@NullMarked
package io.evenkeel.replay.tally;

import org.jspecify.annotations.NullMarked;
