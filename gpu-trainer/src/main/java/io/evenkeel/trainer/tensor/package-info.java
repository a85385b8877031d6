/**
 * Shapes and opaque handles of tensors. A handle says nothing about where the numbers lie: each
 * backend of {@code io.evenkeel.trainer.ops} has its own, and only that backend may look inside.
 *
 * <p>Shapes are immutable. Handles are mutable storage and not safe for use by several threads at
 * once.
 *
 * <p>Must not import any other package of the trainer.
 */
@NullMarked
package io.evenkeel.trainer.tensor;

import org.jspecify.annotations.NullMarked;
