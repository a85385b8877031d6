package io.evenkeel.trainer.ops.host;

import io.evenkeel.trainer.ops.AdamWSlot;
import io.evenkeel.trainer.ops.OptimizerPlan;
import java.util.List;

/** Where the host computes there is nothing to prepare. */
public record HostOptimizerPlan(List<AdamWSlot> slots) implements OptimizerPlan {
  /** Copies the list. */
  public HostOptimizerPlan {
    slots = List.copyOf(slots);
  }
}
