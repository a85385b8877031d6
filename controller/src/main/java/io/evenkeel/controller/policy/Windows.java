package io.evenkeel.controller.policy;

import java.util.List;
import java.util.Locale;
import java.util.function.DoublePredicate;

/** Statistics over the end of a window; a step where the metric was not measured does not count. */
final class Windows {

  private Windows() {}

  /** The last {@code count} measured values, oldest first; fewer if there are fewer. */
  static double[] last(List<StepView> steps, Metric metric, int count) {
    double[] reversed = new double[Math.min(count, steps.size())];
    int found = 0;
    for (int i = steps.size() - 1; i >= 0 && found < reversed.length; i--) {
      double value = metric.of(steps.get(i));
      if (!Double.isNaN(value)) {
        reversed[found++] = value;
      }
    }
    double[] values = new double[found];
    for (int i = 0; i < found; i++) {
      values[i] = reversed[found - 1 - i];
    }
    return values;
  }

  /**
   * R_g of the layer with the largest geometric mean over the last {@code count} steps, oldest
   * first; fewer where fewer were measured, none where no layer was.
   */
  static double[] worstLayer(List<StepView> steps, int count) {
    List<StepView> last = steps.subList(Math.max(0, steps.size() - count), steps.size());
    int layers = last.isEmpty() ? 0 : last.getLast().gradientNormRatios().size();
    double[] worst = new double[0];
    for (int layer = 0; layer < layers; layer++) {
      int index = layer;
      double[] values =
          last.stream()
              .filter(step -> step.gradientNormRatios().size() > index)
              .mapToDouble(step -> step.gradientNormRatios().get(index))
              .filter(ratio -> !Double.isNaN(ratio))
              .toArray();
      boolean worse = worst.length == 0 || geometricMean(values) > geometricMean(worst);
      if (values.length > 0 && worse) {
        worst = values;
      }
    }
    return worst;
  }

  /** Geometric mean of values &gt;= 0: ratios err by factors, so one outlier counts little. */
  static double geometricMean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += Math.log(Math.clamp(value, 1e-30, 1e30));
    }
    return values.length == 0 ? Double.NaN : Math.exp(sum / values.length);
  }

  /** Arithmetic mean; NaN of nothing. */
  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return values.length == 0 ? Double.NaN : sum / values.length;
  }

  /** Share of values for which {@code test} holds; 0 of nothing. */
  static double share(double[] values, DoublePredicate test) {
    int count = 0;
    for (double value : values) {
      if (test.test(value)) {
        count++;
      }
    }
    return values.length == 0 ? 0 : (double) count / values.length;
  }

  /** A number for a sentence: three significant digits. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
