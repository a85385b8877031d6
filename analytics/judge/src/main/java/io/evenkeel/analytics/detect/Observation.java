package io.evenkeel.analytics.detect;

import java.util.Arrays;

/** What a detector sees of one scope at one step: finite figures, in an order of its own. */
public final class Observation {

  private final String scope;
  private final double[] figures;

  private Observation(String scope, double[] figures) {
    this.scope = scope;
    this.figures = figures;
  }

  /** An observation of figures. */
  static Observation of(String scope, double... figures) {
    return new Observation(scope, figures);
  }

  /** {@code run}, {@code layers/3} or {@code tensors/NAME}. */
  public String scope() {
    return scope;
  }

  double figure(int i) {
    return figures[i];
  }

  int figures() {
    return figures.length;
  }

  boolean finite() {
    for (double figure : figures) {
      if (!Double.isFinite(figure)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return scope + Arrays.toString(figures);
  }
}
