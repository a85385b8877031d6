package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.ops.ExpertBuffers;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;

/**
 * Scratch tensors of the backward pass, shared by all layers of a model: contents are lost from one
 * use to the next.
 */
public final class Workspace {
  final TensorMemory memory;
  final Tensor dNorm;
  final Tensor dMoeIn;
  final Tensor dQuery;
  final Tensor dKey;
  final Tensor dValue;
  final Tensor dHeads;
  final Tensor attention;
  final Tensor dDenseHidden;
  final Tensor dDenseGate;
  final Tensor dDenseUp;
  final Tensor dProbabilities;
  final Tensor dLogits;
  final ExpertBuffers dExperts;

  /** Allocates for layers of that shape. */
  public Workspace(TensorOps ops, LayerShape shape) {
    memory = ops.memory();
    int tokens = shape.tokens();
    Shape wide = Shape.of(tokens, shape.width());
    Shape dense = Shape.of(tokens, shape.denseHidden());
    Shape routed = Shape.of(tokens, shape.routing().experts());
    dNorm = memory.allocate(wide);
    dMoeIn = memory.allocate(wide);
    dQuery = memory.allocate(wide);
    dKey = memory.allocate(wide);
    dValue = memory.allocate(wide);
    dHeads = memory.allocate(wide);
    attention = memory.allocate(ops.attention().scratchShape(shape.attention()));
    dDenseHidden = memory.allocate(dense);
    dDenseGate = memory.allocate(dense);
    dDenseUp = memory.allocate(dense);
    dProbabilities = memory.allocate(routed);
    dLogits = memory.allocate(routed);
    dExperts =
        ExpertBuffers.allocate(
            memory, tokens * shape.routing().topK(), shape.width(), shape.expertHidden());
  }

  Tensor zeroed(Tensor scratch) {
    memory.fill(scratch, 0);
    return scratch;
  }
}
