package io.evenkeel.analytics.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.SeededCases;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class MediansPropertyTest {

  @Test
  void shouldBeTheBitsOfTheMiddleOfASortWhateverTheSample() {
    SeededCases.forEach(
        2_000,
        random -> {
          double[] sample = sample(random);
          double[] sorted = sample.clone();
          Arrays.sort(sorted);
          double[] before = sample.clone();

          assertThat(Double.doubleToLongBits(Medians.median(sample)))
              .isEqualTo(Double.doubleToLongBits(Medians.ofSorted(sorted)));
          assertThat(sample).isEqualTo(before);
        });
  }

  /** Ascending, repeated, wild, and with the values that a comparison does not order. */
  private static double[] sample(RandomGenerator random) {
    double[] odd = {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1};
    double[] sample = new double[random.nextInt(0, 140)];
    int kind = random.nextInt(4);
    for (int i = 0; i < sample.length; i++) {
      sample[i] =
          switch (kind) {
            case 0 -> i;
            case 1 -> random.nextInt(5);
            case 2 -> odd[random.nextInt(odd.length)];
            default -> random.nextGaussian();
          };
    }
    return sample;
  }
}
