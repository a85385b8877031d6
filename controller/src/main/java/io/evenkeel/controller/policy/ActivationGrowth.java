package io.evenkeel.controller.policy;

import java.util.List;

/**
 * Whether activations grow by far more than training makes them: within {@code steps} by {@code
 * factor}, once an incarnation is {@code warmupSteps} old; or, before that, to {@code youngFactor}
 * times what they began with, and still rising.
 *
 * @param factor see there
 * @param steps see there
 * @param warmupSteps see there
 * @param youngFactor see there
 */
record ActivationGrowth(double factor, int steps, int warmupSteps, double youngFactor) {

  /**
   * The maths pages of lambda and of the learning rate derive it. What a run grows by in its first
   * hundred steps is not held against it, so the earlier of the two looks comes after these.
   */
  static final ActivationGrowth DEFAULT = new ActivationGrowth(2.5, 40, 140, 8);

  private static final int SAMPLES = 5;
  private static final int RISING_OVER = 5;
  private static final double RISING = 1.1;

  /** Healthy models leave what they began with by a factor of 2 to 4 ... */
  private static final double HEALTHY = 4;

  /** ... within a hundred steps, and grow by 3 in 200 later. */
  private static final double YOUNG_RATE = Math.log(HEALTHY) / 100;

  private static final double LATER_RATE = Math.log(3) / 200;

  /** The largest activation of late; NaN before it is known. */
  static double magnitude(List<StepView> steps) {
    double[] recent = Windows.last(steps, Metric.ACTIVATION_MAX_ABS, SAMPLES);
    return recent.length < SAMPLES ? Double.NaN : Windows.geometricMean(recent);
  }

  /** Whether they do now. */
  boolean holds(RunView view) {
    List<StepView> recent = view.recent();
    double now = magnitude(recent);
    if (view.latest().step() >= view.firstStep() + warmupSteps) {
      return recent.size() >= steps + SAMPLES
          && now > factor * magnitude(recent.subList(0, recent.size() - steps));
    }
    return recent.getFirst().step() == view.firstStep()
        && recent.size() >= 2 * SAMPLES
        && now > youngFactor * magnitude(recent.subList(0, SAMPLES))
        && rising(recent);
  }

  /**
   * How many times as fast as in a healthy run the logarithm of activations grows: since it began
   * while it is young, else over {@code steps}.
   */
  double timesHealthy(RunView view) {
    List<StepView> recent = view.recent();
    boolean young =
        recent.getFirst().step() == view.firstStep()
            && view.latest().step() < view.firstStep() + warmupSteps;
    int over = Math.min(recent.size() - SAMPLES, young ? warmupSteps : steps);
    if (over < SAMPLES) {
      return Double.NaN;
    }
    double before = magnitude(recent.subList(0, recent.size() - over));
    return Math.log(magnitude(recent) / before) / over / (young ? YOUNG_RATE : LATER_RATE);
  }

  /** Whether they are far above what they began with, as far as that is still known. */
  boolean high(RunView view) {
    List<StepView> recent = view.recent();
    return recent.getFirst().step() == view.firstStep()
        && recent.size() >= 2 * SAMPLES
        && magnitude(recent) > HEALTHY * magnitude(recent.subList(0, SAMPLES));
  }

  /** Whether they have not settled since they grew. */
  boolean rising(List<StepView> recent) {
    int before = recent.size() - RISING_OVER;
    return before >= SAMPLES && magnitude(recent) > RISING * magnitude(recent.subList(0, before));
  }
}
