package io.evenkeel.trainer.loop;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.trainer.model.GradientMethod;
import io.evenkeel.trainer.model.Objective;
import io.evenkeel.trainer.optim.OptimizerSettings;
import java.util.List;

/**
 * What rank 0 has decided for a step; every rank carries out the same order.
 *
 * @param incarnation of the run
 * @param step to train
 * @param batch index of its batch: the step, plus batches passed over
 * @param objective loss coefficients
 * @param settings of the optimiser
 * @param mu step of the selection-bias update
 * @param method how R_g is measured
 * @param detail what is measured besides
 * @param update whether the weights change
 * @param knobs in force, as telemetry reports them
 * @param lastCommand last command applied
 */
record StepOrder(
    int incarnation,
    long step,
    long batch,
    Objective objective,
    OptimizerSettings settings,
    double mu,
    GradientMethod method,
    Detail detail,
    Update update,
    List<KnobValue> knobs,
    CommandPosition lastCommand) {
  /** What is measured of a step. */
  enum Detail {
    /** Nothing: nobody listens. */
    NONE,
    /** What every step's telemetry carries. */
    STEP,
    /** That, and what moves slowly. */
    STEP_AND_ALIGNMENT
  }

  /** What becomes of a step's gradient. */
  enum Update {
    /** Weights, moments and selection biases change by it, if it is finite. */
    MADE,
    /** It is measured, and nothing changes. */
    SKIPPED
  }
}
