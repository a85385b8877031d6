/**
 * The parts of the model: norm, attention, SwiGLU, mixture of experts, and the ScMoE layer that
 * joins them. Each part owns its activations, remembers its last forward pass, and gives its
 * backward pass; scratch space is shared through {@link io.evenkeel.trainer.layer.Workspace}.
 *
 * <p>Used by one thread at a time; nothing is allocated after construction. Must not import a
 * backend ({@code ops.reference}, {@code ops.cpu}, {@code ops.cuda}), nor the contract.
 */
@NullMarked
package io.evenkeel.trainer.layer;

import org.jspecify.annotations.NullMarked;
