package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;

/**
 * What the experts compute, one row a slot, kept for the backward pass (or, of the same shapes, the
 * gradients).
 *
 * @param input gathered inputs [slots,d]
 * @param gate before silu [slots,f]
 * @param up [slots,f]
 * @param hidden silu(gate) * up [slots,f]
 * @param output SwiGLU_i(u_t) [slots,d]
 */
public record ExpertBuffers(Tensor input, Tensor gate, Tensor up, Tensor hidden, Tensor output) {
  /** Allocates buffers for that many slots. */
  public static ExpertBuffers allocate(TensorMemory memory, int slots, int width, int hidden) {
    return new ExpertBuffers(
        memory.allocate(Shape.of(slots, width)),
        memory.allocate(Shape.of(slots, hidden)),
        memory.allocate(Shape.of(slots, hidden)),
        memory.allocate(Shape.of(slots, hidden)),
        memory.allocate(Shape.of(slots, width)));
  }
}
