/**
 * Lines of text out of bytes that may be anything.
 *
 * <p>Contract: a line without end takes no more memory than its limit. Threading: one thread at a
 * time. Must not import any other package of this module.
 */
@NullMarked
package io.evenkeel.replay.text;

import org.jspecify.annotations.NullMarked;
