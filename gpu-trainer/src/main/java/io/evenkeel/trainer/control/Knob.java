package io.evenkeel.trainer.control;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import java.util.Optional;
import java.util.function.LongToDoubleFunction;

/** A knob: what it may be, and what it is. */
final class Knob {
  /** A factor computed in floating point may exceed its bound by a rounding error. */
  private static final double ROUNDING = 1 + 1e-9;

  private static final long NEVER = Long.MIN_VALUE;

  private final KnobDeclaration declaration;
  private final LongToDoubleFunction baseline;
  private double value;
  private long changedAtStep = NEVER;
  private boolean commanded;

  /**
   * Makes a knob at its initial value.
   *
   * @param baseline the value that the schedule would have at a step
   */
  Knob(KnobDeclaration declaration, LongToDoubleFunction baseline) {
    this.declaration = declaration;
    this.baseline = baseline;
    this.value = declaration.initial();
  }

  KnobDeclaration declaration() {
    return declaration;
  }

  KnobKey key() {
    return new KnobKey(declaration.knob(), declaration.scope());
  }

  double value() {
    return value;
  }

  /** Whether a change waits for the cool-down of the one before. */
  enum Pace {
    /** It waits. */
    COOLED_DOWN,
    /** It does not. */
    AT_ONCE
  }

  /** Why a change at a step is refused; empty when it is allowed. */
  Optional<Refusal> refusal(double wanted, long step, Pace pace) {
    if (!Double.isFinite(wanted)) {
      return refuse(ErrorId.KNOB_NOT_FINITE, key() + " cannot be set to " + wanted + ".");
    }
    if (wanted < declaration.minimum() || wanted > declaration.maximum()) {
      return refuse(
          ErrorId.KNOB_BOUNDS,
          wanted
              + " for "
              + key()
              + " lies outside ["
              + declaration.minimum()
              + ", "
              + declaration.maximum()
              + "].");
    }
    if (exceedsFactor(wanted)) {
      return refuse(
          ErrorId.KNOB_FACTOR,
          key()
              + " from "
              + value
              + " to "
              + wanted
              + " is more than a factor of "
              + declaration.maxFactor()
              + ".");
    }
    if (pace == Pace.COOLED_DOWN
        && changedAtStep != NEVER
        && step - changedAtStep < declaration.cooldownSteps()) {
      return refuse(
          ErrorId.KNOB_COOLDOWN,
          key()
              + " was changed at step "
              + changedAtStep
              + ", less than "
              + declaration.cooldownSteps()
              + " steps before step "
              + step
              + ".");
    }
    return Optional.empty();
  }

  private static Optional<Refusal> refuse(ErrorId error, String reason) {
    return Optional.of(new Refusal(error, reason));
  }

  /** A change from or to zero is bounded by minimum and maximum alone. */
  private boolean exceedsFactor(double wanted) {
    if (value == 0 || wanted == 0) {
      return false;
    }
    double factor = wanted / value;
    double larger = Math.max(factor, 1 / factor);
    return !(larger <= declaration.maxFactor() * ROUNDING) && factor != 1;
  }

  /** Sets the value by a command that ran from this step on. */
  void command(double wanted, long step) {
    value = wanted;
    changedAtStep = step;
    commanded = true;
  }

  /** Sets the value with that of the whole model, by a command to which no cool-down follows. */
  void follow(double wanted) {
    value = wanted;
    commanded = true;
  }

  /** Sets the value by the trainer's own schedule or by a checkpoint. */
  void restore(double own) {
    value = own;
  }

  /** Whether a command set the value and the lease has not lapsed since. */
  boolean isCommanded() {
    return commanded;
  }

  /** The value restored is one that a command had set. */
  void keepCommanded() {
    commanded = true;
  }

  /**
   * The run has gone back to a step: a commanded value stays, any other becomes that of then; a
   * cool-down begins anew.
   */
  void rollBack(double then, long step) {
    if (!commanded) {
      value = then;
    }
    if (changedAtStep != NEVER) {
      changedAtStep = Math.min(changedAtStep, step);
    }
  }

  /**
   * Goes to the declared fallback, if a command had changed the knob; returns whether the value
   * changed.
   */
  boolean fallBack(long step) {
    if (!commanded || declaration.fallback() == Fallback.HOLD) {
      return false;
    }
    commanded = false;
    double before = value;
    value = baseline.applyAsDouble(step);
    return value != before;
  }
}
