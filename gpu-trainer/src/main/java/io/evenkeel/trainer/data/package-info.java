/**
 * Training data: byte sequences from texts of several domains, drawn by seed and step, so that a
 * run that is resumed at a step sees what it would have seen.
 *
 * <p>Immutable, safe for use by several threads. Imports no other package of the trainer.
 */
@NullMarked
package io.evenkeel.trainer.data;

import org.jspecify.annotations.NullMarked;
