package io.evenkeel.trainer.loop;

import io.evenkeel.trainer.layer.LayerTotals;
import io.evenkeel.trainer.model.Objective;
import java.util.Arrays;
import java.util.List;

/** R_g of a step over all ranks: vectors are added up before any norm is taken. */
final class StepRatio {
  private StepRatio() {}

  /** The largest over layers. FORMULAS.md section 4. */
  static double largest(List<Replica> replicas, Objective objective) {
    double largest = 0;
    for (int layer = 0; layer < objective.layers(); layer++) {
      double[] lm = null;
      double[] lb = null;
      for (Replica replica : replicas) {
        LayerTotals sums = replica.model().totals(layer);
        lm = plus(lm, sums.lmGradientP());
        lb = plus(lb, sums.lbGradientP());
      }
      largest = Math.max(largest, objective.loadBalanceCoefficient(layer) * norm(lb) / norm(lm));
    }
    return largest;
  }

  private static double[] plus(double @org.jspecify.annotations.Nullable [] sum, double[] part) {
    if (sum == null) {
      return part;
    }
    Arrays.setAll(sum, i -> sum[i] + part[i]);
    return sum;
  }

  private static double norm(double @org.jspecify.annotations.Nullable [] vector) {
    return vector == null ? 0 : Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
  }
}
