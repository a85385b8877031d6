package io.evenkeel.trainer.fault;

import io.evenkeel.trainer.model.ModelConfig;

/** One thing that goes wrong on purpose. */
public sealed interface Fault
    permits KnobFault, DataFault, GradientFault, StateFault, InitialFault, ProcessFault {
  /** The steps at which it acts. */
  StepRange range();

  /** Its name in the configuration. */
  String kind();

  /** A sentence without a full stop, for the log. */
  String describe();

  /**
   * Checks that a model has what the fault names.
   *
   * @throws FaultException when it has not
   */
  default void requireFits(ModelConfig model) {}
}
