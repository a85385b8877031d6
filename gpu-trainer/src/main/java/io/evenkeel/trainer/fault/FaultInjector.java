package io.evenkeel.trainer.fault;

import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.ops.TensorMemory;

/**
 * Does to one replica of a model what a plan says. Faults of several replicas are the same. Reads
 * and writes whole tensors, but only at a fault's own steps.
 */
public final class FaultInjector {
  private final FaultPlan plan;
  private final ModelState state;
  private final TensorMemory memory;

  /** For a model that the plan's {@link FaultPlan#requireFits} has accepted. */
  public FaultInjector(FaultPlan plan, ModelState state, TensorMemory memory) {
    this.plan = plan;
    this.state = state;
    this.memory = memory;
  }

  /** Changes weights that have just been filled; not those of a checkpoint. */
  public void afterInitialization(long seed) {
    plan.initial().forEach(fault -> fault.strike(state, memory, seed));
  }

  /** Changes weights and biases before a step's forward pass. */
  public void beforeForward(long step) {
    plan.states(step).forEach(fault -> fault.strike(state, memory));
  }

  /** Changes gradients that are complete, before their norm is measured. */
  public void beforeUpdate(long step) {
    plan.gradients(step).forEach(fault -> fault.strike(state, memory));
  }
}
