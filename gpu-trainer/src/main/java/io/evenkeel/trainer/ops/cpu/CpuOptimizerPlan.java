package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.AdamWSlot;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.OptimizerPlan;
import java.util.Arrays;
import java.util.List;

/** The tensors cut into blocks, and room for each block's counts. */
final class CpuOptimizerPlan implements OptimizerPlan {
  private static final int ELEMENTS = 16_384;

  private final List<AdamWSlot> slots;
  private final int[] slotOf;
  private final int[] starts;
  private final int[] below;
  private final int[] zero;

  CpuOptimizerPlan(List<AdamWSlot> slots) {
    this.slots = List.copyOf(slots);
    int blocks = 0;
    for (AdamWSlot slot : slots) {
      blocks += Products.blocks(slot.parameter().shape().size(), ELEMENTS);
    }
    slotOf = new int[blocks];
    starts = new int[blocks];
    below = new int[blocks];
    zero = new int[blocks];
    int block = 0;
    for (int index = 0; index < slots.size(); index++) {
      int size = slots.get(index).parameter().shape().size();
      for (int start = 0; start < size; start += ELEMENTS) {
        slotOf[block] = index;
        starts[block] = start;
        block++;
      }
    }
  }

  static CpuOptimizerPlan of(OptimizerPlan plan) {
    if (plan instanceof CpuOptimizerPlan cpu) {
      return cpu;
    }
    throw new IllegalArgumentException("not a plan of the cpu backend: " + plan.getClass());
  }

  @Override
  public List<AdamWSlot> slots() {
    return slots;
  }

  /** Several threads read a tensor later on: none of them may be the first to touch it. */
  void writePendingZeros() {
    for (AdamWSlot slot : slots) {
      CpuTensor.of(slot.parameter());
      CpuTensor.of(slot.gradient());
      CpuTensor.of(slot.firstMoment());
      CpuTensor.of(slot.secondMoment());
    }
  }

  int blocks() {
    return starts.length;
  }

  AdamWSlot slot(int block) {
    return slots.get(slotOf[block]);
  }

  int start(int block) {
    return starts[block];
  }

  int end(int block) {
    return Math.min(starts[block] + ELEMENTS, slot(block).parameter().shape().size());
  }

  void setCounts(int block, int below, int zero) {
    this.below[block] = below;
    this.zero[block] = zero;
  }

  /** Writes the counts of each slot; none is below a bound of 0, be it itself 0 or not. */
  void addCounts(double[] into, int at, float bound) {
    Arrays.fill(into, at, at + slots.size() * OptimizerOps.BELOW_ENTRIES, 0);
    for (int block = 0; block < starts.length; block++) {
      int entry = at + slotOf[block] * OptimizerOps.BELOW_ENTRIES;
      into[entry] += below[block];
      into[entry + 1] += bound > 0 ? below[block] - zero[block] : 0;
    }
  }
}
