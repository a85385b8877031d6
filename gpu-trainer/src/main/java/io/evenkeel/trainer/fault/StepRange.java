package io.evenkeel.trainer.fault;

import io.evenkeel.contract.error.ErrorId;

/**
 * Steps from {@code from} to the one before {@code until}.
 *
 * @param from first step, at least 0
 * @param until first step after the range, greater than {@code from}; {@link #OPEN}: no end
 */
public record StepRange(long from, long until) {
  /** No end. */
  public static final long OPEN = Long.MAX_VALUE;

  /** Checks the order. */
  public StepRange {
    if (from < 0) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_STEPS, "from", "must be at least 0, not " + from);
    }
    if (until <= from) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_STEPS,
          "until",
          "must be greater than from: steps " + from + " to " + until + " are none");
    }
  }

  /** Every step. */
  public static StepRange always() {
    return new StepRange(0, OPEN);
  }

  /** One step. */
  public static StepRange at(long step) {
    return new StepRange(step, step + 1);
  }

  /** Whether a step lies in the range. */
  public boolean contains(long step) {
    return step >= from && step < until;
  }

  /** Whether the range has an end. */
  public boolean ends() {
    return until != OPEN;
  }

  /** Number of steps; only of a range that ends. */
  public long length() {
    if (!ends()) {
      throw new IllegalStateException("a range without an end has no length");
    }
    return until - from;
  }

  @Override
  public String toString() {
    if (!ends()) {
      return from == 0 ? "always" : "from step " + from;
    }
    return length() == 1 ? "at step " + from : "steps " + from + " to " + (until - 1);
  }
}
