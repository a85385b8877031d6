package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.List;
import java.util.Locale;

/**
 * Where R_g will be in {@value #AHEAD} observations if it goes on as it does: the line through the
 * logarithms of its moving average at the last {@value #WINDOW} observations. Judged while the
 * average is still below 0.1, and only where the line explains {@value #EXPLAINED} of what the
 * average did and R_g has grown by a third: noise wanders, a mis-set schedule climbs. Informs only;
 * what has crossed is for gradient-norm-ratio.
 */
final class GradientNormRatioForecastDetector implements Detector {

  private static final double WEIGHT = 0.1;
  private static final int WINDOW = 64;
  private static final int AHEAD = 100;
  private static final double EXPLAINED = 0.85;
  private static final double LEAST_GROWTH = Math.log(4.0 / 3);
  private static final double CROSSING = 0.1;
  private static final double LEAST = 0.001;
  private static final double MOST = 20;

  private static final int AVERAGE_AT = Cadence.NUMBERS;
  private static final int SLOPE_AT = AVERAGE_AT + 1;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.GRADIENT_NORM_RATIO_FORECAST;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(0.08, 10, Level.of(Severity.INFO, CROSSING, 5, 5));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    return new GradientNormRatioDetector()
        .observe(signals).stream()
            .map(o -> Observation.of(o.scope(), o.figure(0), signals.key().step()))
            .toList();
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    Cadence cadence = Cadence.next(memory, (long) observation.figure(1));
    double average =
        Averages.nextOfLogs(
            memory.number(AVERAGE_AT, 0),
            memory.observations(),
            observation.figure(0),
            WEIGHT,
            LEAST,
            MOST);
    SampleWindow averages = memory.window(0, WINDOW).with(average);
    double slope = averages.full() ? slope(averages.toArray()) : 0;
    Memory next = memory.next(List.of(averages), cadence.with(average, slope));
    if (!averages.full()) {
      return Judgement.notYet(next);
    }
    boolean climbs = slope > 0 && Math.exp(average) < CROSSING;
    return Judgement.of(next, climbs ? Math.min(MOST, Math.exp(average + AHEAD * slope)) : 0);
  }

  /** The slope of the line through {@code values}; 0 where it is not one that tells anything. */
  private static double slope(double[] values) {
    double middle = (values.length - 1) / 2.0;
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < values.length; i++) {
      xy += (i - middle) * (values[i] - mean);
      xx += (i - middle) * (i - middle);
      yy += (values[i] - mean) * (values[i] - mean);
    }
    double slope = xy / xx;
    boolean tells = slope * values.length > LEAST_GROWTH && slope * xy > EXPLAINED * yy;
    return tells ? slope : 0;
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    double slope = memory.number(SLOPE_AT, 0);
    double gap = Math.log(CROSSING) - memory.number(AVERAGE_AT, 0);
    if (!(slope > 0) || !(gap > 0)) {
      return "R_g of " + scope + " no longer climbs towards " + CROSSING + ".";
    }
    double steps = gap / slope * Cadence.stride(memory);
    return String.format(
        Locale.ROOT,
        "R_g of %s is %.3g and climbs: it crosses %.1f in about %.0f steps if it goes on so.",
        scope,
        Math.exp(memory.number(AVERAGE_AT, 0)),
        CROSSING,
        Math.max(1, Math.ceil(steps)));
  }
}
