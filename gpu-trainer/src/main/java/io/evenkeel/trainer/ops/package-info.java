/**
 * The operations of which the model is made, as interfaces that every backend implements: forward
 * and backward pairs over opaque tensors, with shapes in the Javadoc and checked by {@link
 * io.evenkeel.trainer.ops.ShapeChecks}.
 *
 * <p>Conventions. Letters: T tokens, B sequences, S sequence length, V vocabulary, d width, H
 * heads, dh = d/H, N FFN experts, Z zero experts, E = N+Z, K selected, D groups, f hidden width of
 * an expert. A forward operation overwrites its outputs. A backward operation <em>adds</em> to
 * every gradient it is given. Operations write sums and counts into {@link
 * io.evenkeel.trainer.tensor.Statistics} in double precision. Results do not depend on the number
 * of threads.
 *
 * <p>A backend is used by one thread at a time. Must not import layers, models, or any backend.
 */
@NullMarked
package io.evenkeel.trainer.ops;

import org.jspecify.annotations.NullMarked;
