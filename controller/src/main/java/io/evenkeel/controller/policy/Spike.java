package io.evenkeel.controller.policy;

import io.evenkeel.controller.policy.SpikeRecoveryPolicy.Settings;
import java.util.List;

/**
 * The bad steps up to now, and what they come from.
 *
 * @param first step index of the first
 * @param length how many in a row; 0: none
 * @param finite whether all of them are numbers
 * @param baseline what was before them
 * @param leap how far the routers moved as they began, over their usual way a step; NaN if unknown
 * @param cause what they come from
 */
record Spike(
    long first, int length, boolean finite, LossBaseline baseline, double leap, Cause cause) {

  /** A spike persists above this share of the limit. */
  static final double PERSISTS = 0.5;

  /** What a spike comes from, as far as can be told. */
  enum Cause {
    UPDATE,
    DATA,
    UNKNOWN
  }

  String words() {
    if (!finite) {
      return "Loss or gradient has not been finite";
    }
    String left = "The loss has left " + Windows.number(baseline.loss());
    return switch (cause) {
      case UPDATE ->
          "%s after an update that moved the routers %s times as far as usual"
              .formatted(left, Windows.number(leap));
      case DATA -> left + " while the weights moved as usual";
      case UNKNOWN -> left + ", and the gradient norm has risen with it";
    };
  }

  /**
   * The longest run of steps up to now that are all bad by what was before it; of those that are
   * not finite, without any baseline.
   *
   * @param leastExcess nats that a loss must exceed at least
   */
  static Spike now(List<StepView> recent, double leastExcess, Settings settings) {
    Spike found =
        new Spike(
            0,
            0,
            true,
            new LossBaseline(Double.NaN, Double.NaN, Double.NaN),
            Double.NaN,
            Cause.UNKNOWN);
    int most = Math.max(settings.holdSteps(), settings.nonFiniteSteps());
    boolean finite = true;
    for (int length = 1; length <= Math.min(most, recent.size()); length++) {
      int from = recent.size() - length;
      finite &= isFinite(recent.get(from));
      LossBaseline before =
          LossBaseline.of(recent.subList(Math.max(0, from - settings.baseline()), from));
      double leap =
          RouterMovement.leap(recent, from, settings.baseline(), settings.leastBaseline());
      Cause cause = finite ? cause(leap, settings) : Cause.UNKNOWN;
      double limit =
          Math.max(
              leastExcess,
              before.lossScale()
                  * (cause == Cause.UPDATE ? settings.leapDeviations() : settings.deviations()));
      boolean known = from >= settings.leastBaseline();
      boolean all =
          (!isFinite(recent.get(from)) || known && isBad(recent.get(from), before, limit, settings))
              && recent.subList(from + 1, recent.size()).stream()
                  .allMatch(
                      step -> !isFinite(step) || known && isHigh(step, before, PERSISTS * limit));
      if (all) {
        found = new Spike(recent.get(from).step(), length, finite, before, leap, cause);
      }
    }
    return found;
  }

  private static Cause cause(double leap, Settings settings) {
    if (leap > settings.leap()) {
      return Cause.UPDATE;
    }
    return leap < settings.still() ? Cause.DATA : Cause.UNKNOWN;
  }

  private static boolean isFinite(StepView step) {
    return step.nonFinite() == 0 && Double.isFinite(step.loss());
  }

  private static boolean isBad(
      StepView step, LossBaseline before, double limit, Settings settings) {
    boolean loud =
        Double.isNaN(step.gradientNorm())
            || !(step.gradientNorm() <= settings.normFactor() * before.norm());
    return isHigh(step, before, limit) && loud;
  }

  private static boolean isHigh(StepView step, LossBaseline before, double limit) {
    return step.loss() - before.loss() > limit;
  }
}
