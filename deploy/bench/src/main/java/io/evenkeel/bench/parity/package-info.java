/**
 * The same training twice: by the trainer and by PyTorch, from the same weights, on the same
 * batches, with the same schedule; and how far their losses on held-out text are apart at the end.
 *
 * <p>Contract: as of {@code io.evenkeel.bench}. Threading: one thread.
 */
@NullMarked
package io.evenkeel.bench.parity;

import org.jspecify.annotations.NullMarked;
