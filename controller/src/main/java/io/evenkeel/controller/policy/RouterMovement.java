package io.evenkeel.controller.policy;

import java.util.Arrays;
import java.util.List;

/**
 * How far an update moved the weights, told from the mean cosine of each layer's router rows: that
 * is a figure of the weights alone, which no batch moves. An update ten times as large moves it ten
 * times as far, where the optimiser's own updates stay within a few times their median.
 */
final class RouterMovement {

  private RouterMovement() {}

  /**
   * The farthest move as a spike begins, over the usual one: the median over layers, of the update
   * before its first step and of the one before that and the one after it.
   *
   * @param from index of the spike's first step
   * @param window moves before that it is measured against ...
   * @param least ... if there are so many; an update that was skipped moves nothing and is none
   * @return NaN where it is not known
   */
  static double leap(List<StepView> steps, int from, int window, int least) {
    double farthest = Double.NaN;
    int before = Math.max(0, from - 1);
    for (int index = before; index <= Math.min(from + 1, steps.size() - 1); index++) {
      double far = over(steps, index, before, window, least);
      farthest = Double.isNaN(farthest) || far > farthest ? far : farthest;
    }
    return farthest;
  }

  private static double over(List<StepView> steps, int index, int end, int window, int least) {
    int layers = steps.get(index).routerCosines().size();
    double[] ratios = new double[layers];
    int known = 0;
    for (int layer = 0; layer < layers; layer++) {
      double move = move(steps, index, layer);
      double[] usual = new double[Math.min(window, end)];
      int count = 0;
      for (int i = end - usual.length; i < end; i++) {
        double earlier = move(steps, i, layer);
        if (earlier > 0) {
          usual[count++] = earlier;
        }
      }
      if (count >= least && !Double.isNaN(move)) {
        Arrays.sort(usual, 0, count);
        ratios[known++] = move / usual[count / 2];
      }
    }
    Arrays.sort(ratios, 0, known);
    return known == 0 ? Double.NaN : ratios[known / 2];
  }

  /** How far one layer's cosine moved to a step from the one before it; NaN if unknown. */
  private static double move(List<StepView> steps, int index, int layer) {
    if (index < 1) {
      return Double.NaN;
    }
    StepView to = steps.get(index);
    StepView from = steps.get(index - 1);
    boolean follows = to.step() == from.step() + 1 && to.incarnation() == from.incarnation();
    return follows && layer < to.routerCosines().size() && layer < from.routerCosines().size()
        ? Math.abs(to.routerCosines().get(layer) - from.routerCosines().get(layer))
        : Double.NaN;
  }
}
