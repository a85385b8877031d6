package io.evenkeel.trainer.ops;

import java.util.List;

/** What a backend has prepared to update a list of tensors at once. */
public interface OptimizerPlan {
  /** The tensors, in the order of the statistics. */
  List<AdamWSlot> slots();
}
