/**
 * The whole model: configuration, parameters, forward and backward passes, initialisation, growth
 * by stacking. FORMULAS.md sections 1 to 4 and 7.
 *
 * <p>Used by one thread at a time; a step allocates nothing but small host arrays. Must not import
 * a backend nor the contract.
 */
@NullMarked
package io.evenkeel.trainer.model;

import org.jspecify.annotations.NullMarked;
