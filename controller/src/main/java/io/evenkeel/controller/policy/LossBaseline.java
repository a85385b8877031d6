package io.evenkeel.controller.policy;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What losses and gradient norms were before the newest steps, robustly: a bad batch among them
 * does not move it.
 *
 * @param loss median, nats
 * @param lossScale robust standard deviation, nats
 * @param norm median of gradient norms; NaN if none was measured
 */
record LossBaseline(double loss, double lossScale, double norm) {

  private static final double MAD_TO_SIGMA = 1.4826;

  /** Of steps; those whose loss is not finite do not count. */
  static LossBaseline of(List<StepView> steps) {
    double[] losses = finite(steps, StepView::loss);
    double median = median(losses);
    double[] deviations = Arrays.stream(losses).map(loss -> Math.abs(loss - median)).toArray();
    return new LossBaseline(
        median, MAD_TO_SIGMA * median(deviations), median(finite(steps, StepView::gradientNorm)));
  }

  private static double[] finite(List<StepView> steps, ToDoubleFunction<StepView> value) {
    return steps.stream().mapToDouble(value).filter(Double::isFinite).toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }
}
