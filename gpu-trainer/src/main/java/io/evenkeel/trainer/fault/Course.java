package io.evenkeel.trainer.fault;

import io.evenkeel.contract.error.ErrorId;

/** A value over the steps of a range. */
public sealed interface Course {
  /** The value at a step of the range. */
  double at(long step, StepRange range);

  /** Checks that the course fits a range. */
  default void requireFits(StepRange range) {}

  /**
   * The same value all the time: a jump at the range's start.
   *
   * @param value at least 0, finite
   */
  record Constant(double value) implements Course {
    /** Checks the value. */
    public Constant {
      if (!(value >= 0 && Double.isFinite(value))) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_VALUE, "value", "must be finite and at least 0, not " + value);
      }
    }

    @Override
    public double at(long step, StepRange range) {
      return value;
    }
  }

  /**
   * From one value to another: {@code start} is the value just before the range, {@code end} that
   * of its last step, so that a ramp over n steps takes n equal strides.
   *
   * @param start finite; greater than 0 for a geometric ramp, else at least 0
   * @param end the same
   * @param shape of the way
   */
  record Ramp(double start, double end, RampShape shape) implements Course {
    /** Checks the values. */
    public Ramp {
      double least = shape == RampShape.GEOMETRIC ? Double.MIN_VALUE : 0;
      if (!(start >= least && Double.isFinite(start) && end >= least && Double.isFinite(end))) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_VALUE,
            "start and end",
            "must be finite and "
                + (shape == RampShape.GEOMETRIC ? "greater than 0" : "at least 0")
                + ", not "
                + start
                + " and "
                + end);
      }
    }

    @Override
    public double at(long step, StepRange range) {
      long stride = step - range.from() + 1;
      if (stride >= range.length()) {
        return end; // Exactly: no rounding of the last stride.
      }
      double share = (double) stride / range.length();
      return switch (shape) {
        case LINEAR -> start + share * (end - start);
        case GEOMETRIC -> start * Math.pow(end / start, share);
      };
    }

    @Override
    public void requireFits(StepRange range) {
      if (!range.ends()) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_STEPS, "until", "is missing: a ramp needs an end");
      }
    }
  }

  /** The way of a ramp. */
  enum RampShape {
    /** Equal differences. */
    LINEAR,
    /** Equal factors. */
    GEOMETRIC
  }
}
