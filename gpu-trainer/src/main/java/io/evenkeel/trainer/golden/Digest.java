package io.evenkeel.trainer.golden;

import io.evenkeel.trainer.golden.Actual.Group;
import io.evenkeel.trainer.golden.Actual.Number;
import io.evenkeel.trainer.golden.Actual.Numbers;
import java.util.Arrays;

/** The digest of a tensor. FORMULAS.md section 8. */
final class Digest {
  private Digest() {}

  static Group of(double[] values, Tolerances tolerances) {
    double sum = 0;
    double squares = 0;
    double max = 0;
    double probe = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i];
      squares += values[i] * values[i];
      max = Math.max(max, Math.abs(values[i]));
      probe += values[i] * Math.sin(0.7 * i + 0.3);
    }
    Tolerance ofSum = Tolerance.absolute(tolerances.digest() * Math.sqrt(squares) + 1e-13);
    Tolerance elementwise =
        new Tolerance(tolerances.logits().relative(), 0, tolerances.logits().ofMax() * max);
    return new Group()
        .with("n", new Number(values.length, Tolerance.EXACT))
        .with("sum", new Number(sum, ofSum))
        .with("sumsq", new Number(squares, Tolerance.relative(2 * tolerances.digest())))
        .with("max_abs", new Number(max, elementwise))
        .with("probe", new Number(probe, ofSum))
        .with(
            "first8", new Numbers(Arrays.copyOf(values, Math.min(8, values.length)), elementwise));
  }
}
