package io.evenkeel.trainer.signal;

import io.evenkeel.trainer.layer.LayerStatistics;
import io.evenkeel.trainer.layer.LayerTotals;
import io.evenkeel.trainer.layer.Site;

/** Variance alignment of the FFN experts' sum. FORMULAS.md section 5. */
public final class GammaAlignment {
  private GammaAlignment() {}

  /** rms(FFN1(u)) / rms(gated FFN sum before gamma) of a layer. */
  public static double empirical(LayerStatistics sums) {
    return sums.activations(Site.DENSE_OUT).rms() / sums.activations(Site.FFN_SUM).rms();
  }

  /** The same over all micro-batches of a step. */
  public static double empirical(LayerTotals sums) {
    return sums.activations(Site.DENSE_OUT).rms() / sums.activations(Site.FFN_SUM).rms();
  }

  /**
   * The gamma that splitting every expert into {@code m} finer ones needs: gates and hidden width
   * each dilute the standard deviation by sqrt(m).
   */
  public static double analytic(double m) {
    return Math.sqrt(m * m);
  }
}
