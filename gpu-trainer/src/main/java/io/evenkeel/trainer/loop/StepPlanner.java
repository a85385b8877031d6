package io.evenkeel.trainer.loop;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.fault.FaultPlan;
import io.evenkeel.trainer.model.GradientMethod;
import io.evenkeel.trainer.optim.OptimizerSettings;
import io.evenkeel.trainer.telemetry.TelemetryBuilder;

/** Turns the knobs in force, and what is wrong on purpose, into the order of a step. */
final class StepPlanner {
  private final KnobBoard knobs;
  private final FaultPlan faults;
  private final int exactEvery;
  private final Audience audience;
  private RunPosition misSetAt = RunPosition.start(-1);

  /** Whether anybody is told of the steps. */
  enum Audience {
    /** Somebody is: steps are measured. */
    PRESENT,
    /** Nobody is. */
    ABSENT
  }

  /**
   * Makes a planner.
   *
   * @param exactEvery steps between two exact measurements of R_g, 0: never
   */
  StepPlanner(KnobBoard knobs, FaultPlan faults, int exactEvery, Audience audience) {
    this.knobs = knobs;
    this.faults = faults;
    this.exactEvery = exactEvery;
    this.audience = audience;
  }

  /** Moves the knobs as faults of a step do, once a step: before its commands are heard. */
  void misSet(RunPosition position) {
    boolean done =
        position.incarnation() == misSetAt.incarnation() && position.step() == misSetAt.step();
    if (!done) {
      misSetAt = position;
      faults.misSettings(position.step()).forEach(knobs::misSet);
    }
  }

  /**
   * The order of the step at a position.
   *
   * @param controls what was asked of the step
   * @param detail what of it is measured when somebody listens
   * @param lastCommand last command applied
   */
  StepOrder order(RunControls controls, StepOrder.Detail detail, CommandPosition lastCommand) {
    RunPosition position = controls.position();
    long step = position.step();
    OptimizerSettings settings = faults.optimizer(step, knobs.optimizer(step));
    return new StepOrder(
        position.incarnation(),
        step,
        step + position.passedOver(),
        faults.objective(step, knobs.objective()),
        settings,
        faults.mu(step, knobs.value(Knobs.EXPERT_BIAS_MU)),
        method(step, controls.method()),
        audience == Audience.ABSENT ? StepOrder.Detail.NONE : detail,
        controls.update(),
        TelemetryBuilder.withReported(knobs.values(), settings.learningRate(), settings.beta2()),
        lastCommand);
  }

  private GradientMethod method(long step, GradientMethod asked) {
    return audience == Audience.PRESENT && exactEvery > 0 && step % exactEvery == 0
        ? GradientMethod.EXACT
        : asked;
  }
}
