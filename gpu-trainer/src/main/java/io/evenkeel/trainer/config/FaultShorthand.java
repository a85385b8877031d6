package io.evenkeel.trainer.config;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.fault.Course;
import io.evenkeel.trainer.fault.DataFault;
import io.evenkeel.trainer.fault.Fault;
import io.evenkeel.trainer.fault.FaultException;
import io.evenkeel.trainer.fault.FaultKnob;
import io.evenkeel.trainer.fault.GradientFault;
import io.evenkeel.trainer.fault.KnobFault;
import io.evenkeel.trainer.fault.StepRange;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Faults in one word each, for the command line: {@code alpha=30@200} sets a knob from a step on
 * and {@code alpha=1e-3..30@50..450} ramps it (a command puts it right), {@code
 * learning_rate*=10@130..135} scales what a step computes with, {@code noise@130} gives a batch of
 * noise, {@code nan:layers.0.router@40} and {@code inf:head/17@40} strike a gradient. Without
 * {@code @} a knob is wrong from step 0 on.
 */
final class FaultShorthand {
  private static final Pattern KNOB =
      Pattern.compile("(?<knob>[a-z_.]+)(?<scale>\\*?)=(?<value>[^@]+?)(?:@(?<steps>.+))?");
  private static final Pattern NOISE = Pattern.compile("noise@(?<steps>.+)");
  private static final Pattern GRADIENT =
      Pattern.compile(
          "(?<value>nan|inf|-inf):(?<tensor>[^/@]+)(?:/(?<element>\\d+))?@(?<steps>.+)");

  private FaultShorthand() {}

  /**
   * Reads one.
   *
   * @throws FaultException when it cannot be read, or cannot be
   */
  static Fault parse(String text) {
    Matcher knob = KNOB.matcher(text);
    if (knob.matches()) {
      return knob(knob);
    }
    Matcher noise = NOISE.matcher(text);
    if (noise.matches()) {
      return new DataFault.NoiseBatch(oneOrRange(noise.group("steps")));
    }
    Matcher gradient = GRADIENT.matcher(text);
    if (gradient.matches()) {
      String element = gradient.group("element");
      return new GradientFault(
          gradient.group("tensor"),
          element == null ? 0 : whole(element),
          FaultReader.nonNumber(gradient.group("value")),
          oneOrRange(gradient.group("steps")));
    }
    throw new FaultException(
        ErrorId.TRAINER_FAULT_KIND,
        "the fault",
        "must look like alpha=30@200, alpha=1e-3..30@50..450, learning_rate*=10@130..135, noise@130 or"
            + " nan:layers.0.router@40, not "
            + text);
  }

  private static Fault knob(Matcher parts) {
    FaultKnob knob = FaultKnob.named(parts.group("knob"));
    KnobFault.Change change =
        parts.group("scale").isEmpty() ? KnobFault.Change.SET : KnobFault.Change.SCALE;
    KnobFault.Mode mode =
        change == KnobFault.Change.SCALE
                || knob == FaultKnob.LEARNING_RATE
                || knob == FaultKnob.WEIGHT_DECAY
            ? KnobFault.Mode.OVERRIDE
            : KnobFault.Mode.MIS_SET;
    String steps = parts.group("steps");
    return new KnobFault(
        knob,
        mode,
        change,
        course(parts.group("value")),
        steps == null ? StepRange.always() : openOrRange(steps));
  }

  private static Course course(String text) {
    int dots = text.indexOf("..");
    if (dots < 0) {
      return new Course.Constant(number(text));
    }
    double start = number(text.substring(0, dots));
    double end = number(text.substring(dots + 2));
    return new Course.Ramp(
        start, end, start > 0 && end > 0 ? Course.RampShape.GEOMETRIC : Course.RampShape.LINEAR);
  }

  private static StepRange openOrRange(String text) {
    return text.contains("..") ? bounds(text) : new StepRange(whole(text), StepRange.OPEN);
  }

  private static StepRange oneOrRange(String text) {
    return text.contains("..") ? bounds(text) : StepRange.at(whole(text));
  }

  private static StepRange bounds(String text) {
    int dots = text.indexOf("..");
    return new StepRange(whole(text.substring(0, dots)), whole(text.substring(dots + 2)));
  }

  private static long whole(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_STEPS, "the step", "must be a whole number, not " + text);
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_VALUE, "the value", "must be a number, not " + text);
    }
  }
}
