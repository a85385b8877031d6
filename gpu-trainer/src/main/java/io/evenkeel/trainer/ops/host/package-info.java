/**
 * What the backends that compute on the Java heap have in common: integer tensors, statistics
 * vectors, and the sorting of tokens by expert.
 *
 * <p>Not safe for use by several threads at once. Used by {@code ops.reference} and {@code ops.cpu}
 * only; must not import them.
 */
@NullMarked
package io.evenkeel.trainer.ops.host;

import org.jspecify.annotations.NullMarked;
