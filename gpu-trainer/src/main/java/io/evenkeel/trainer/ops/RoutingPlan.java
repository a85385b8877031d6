package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;

/**
 * Which token goes to which FFN expert, sorted by expert (a slot is one such pair), then by token.
 *
 * @param tokens T
 * @param selected the selection, ascending in each row [T,K]
 * @param offsets first slot of each FFN expert, and at N the number of slots [N+1]
 * @param slotToken token of a slot [T*K]; entries from offsets[N] on are stale
 * @param tokenSlots slot of the k-th selected expert of a token, -1 for a zero expert [T,K]
 */
public record RoutingPlan(
    int tokens,
    IndexTensor selected,
    IndexTensor offsets,
    IndexTensor slotToken,
    IndexTensor tokenSlots) {
  /** Allocates a plan for T tokens. */
  public static RoutingPlan allocate(TensorMemory memory, RoutingShape shape, int tokens) {
    return new RoutingPlan(
        tokens,
        memory.allocateIndices(Shape.of(tokens, shape.topK())),
        memory.allocateIndices(Shape.of(shape.ffnExperts() + 1)),
        memory.allocateIndices(Shape.of(tokens * shape.topK())),
        memory.allocateIndices(Shape.of(tokens, shape.topK())));
  }

  /** Largest number of slots, T*K. */
  public int capacity() {
    return slotToken.shape().size();
  }
}
