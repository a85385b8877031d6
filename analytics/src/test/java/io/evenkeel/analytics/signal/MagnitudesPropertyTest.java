package io.evenkeel.analytics.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.SeededCases;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class MagnitudesPropertyTest {

  @Test
  void shouldSayWhatComparisonsSayWhateverTheBits() {
    SeededCases.forEach(
        2_000,
        random -> {
          int power = random.nextInt(-1_022, 1_025);
          double limit = power == 1_024 ? Double.POSITIVE_INFINITY : Math.scalb(1.0, power);
          double[] values = values(random, limit);
          boolean below = true;
          boolean zero = true;
          for (double value : values) {
            below &= Math.abs(value) < limit;
            zero &= value == 0;
          }

          assertThat(Magnitudes.below(values, power)).isEqualTo(below);
          assertThat(Magnitudes.zero(values)).isEqualTo(zero);
        });
  }

  /** Mostly below the limit, now and then at it, about it, or no number at all. */
  private static double[] values(RandomGenerator random, double limit) {
    double[] odd = {
      0.0,
      -0.0,
      limit,
      -limit,
      Math.nextDown(limit),
      Math.nextUp(limit),
      -Math.nextDown(limit),
      Double.NaN,
      Double.NEGATIVE_INFINITY,
      Double.longBitsToDouble(random.nextLong())
    };
    double[] values = new double[random.nextInt(0, 40)];
    int kinds = random.nextInt(1, odd.length + 1);
    for (int i = 0; i < values.length; i++) {
      values[i] =
          random.nextInt(20) == 0
              ? odd[random.nextInt(kinds)]
              : kinds == 1
                  ? 0.0
                  : Math.scalb(random.nextDouble(-1, 1), Math.getExponent(limit) - 1);
    }
    return values;
  }
}
