package io.evenkeel.trainer.fault;

import io.evenkeel.contract.error.ErrorId;
import java.util.Locale;
import java.util.Optional;

/**
 * A knob with a wrong value.
 *
 * @param knob which
 * @param mode whether a command can put it right
 * @param change whether the course gives values or factors
 * @param course over the range
 * @param range of steps; when it ends, an overlay is gone, but a mis-set knob stays as it is
 */
public record KnobFault(FaultKnob knob, Mode mode, Change change, Course course, StepRange range)
    implements Fault {
  /** Checks that the parts go together. */
  public KnobFault {
    course.requireFits(range);
    if (mode == Mode.MIS_SET && !knob.commanded()) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_KNOB,
          "mode",
          "must be override: " + knob.shortName() + " is no knob that can be set by command");
    }
  }

  /** Who has the last word. */
  public enum Mode {
    /**
     * The knob itself is moved, as by a mistaken hand or schedule: it is reported so, and a command
     * puts it right.
     */
    MIS_SET,
    /** The value in force is overlaid without the knob knowing: commands do not reach it. */
    OVERRIDE
  }

  /** What the course gives. */
  public enum Change {
    /** Values. */
    SET,
    /** Factors of the value in force. */
    SCALE
  }

  @Override
  public String kind() {
    return "knob";
  }

  @Override
  public String describe() {
    String what =
        switch (course) {
          case Course.Constant constant -> number(constant.value());
          case Course.Ramp ramp ->
              number(ramp.start())
                  + " to "
                  + number(ramp.end())
                  + ", "
                  + ramp.shape().name().toLowerCase(Locale.ROOT);
        };
    return (mode == Mode.MIS_SET ? "knob mis-set: " : "knob overridden: ")
        + knob.shortName()
        + (change == Change.SET ? " = " : " times ")
        + what
        + ", "
        + range;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  double overlay(long step, double inForce) {
    double value = course.at(step, range);
    return change == Change.SET ? value : value * inForce;
  }

  /**
   * What this fault does to its knob at a step. A ramp moves the knob by the ratio of neighbouring
   * values, so that it goes on from wherever commands have put the knob meanwhile.
   */
  Optional<KnobMove> moveAt(long step) {
    if (mode != Mode.MIS_SET || !range.contains(step)) {
      return Optional.empty();
    }
    double now = course.at(step, range);
    if (step == range.from()) {
      return Optional.of(new KnobMove(knob, change, now));
    }
    double before = course.at(step - 1, range);
    if (now == before) {
      return Optional.empty();
    }
    return Optional.of(
        before > 0
            ? new KnobMove(knob, Change.SCALE, now / before)
            : new KnobMove(knob, Change.SET, now));
  }
}
