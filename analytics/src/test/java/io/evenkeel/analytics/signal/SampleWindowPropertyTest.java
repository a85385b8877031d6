package io.evenkeel.analytics.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.SeededCases;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SampleWindowPropertyTest {

  /** A window's order comes from its predecessor's, if that has been asked for its own. */
  @Test
  void shouldHaveTheOrderAndTheMedianOfASortWhenValuesComeAndGo() {
    SeededCases.forEach(
        300,
        random -> {
          SampleWindow window = SampleWindow.ofCapacity(random.nextInt(1, 70));
          for (int i = random.nextInt(200); i > 0; i--) {
            double[] before = window.toArray();
            SampleWindow next = window.with(value(random));
            if (random.nextInt(20) == 0) {
              next = next.withCapacity(random.nextInt(1, 70));
            }
            assertThat(window.toArray()).isEqualTo(before);
            window = next;
            if (random.nextInt(4) != 0) {
              check(window);
            }
          }
          check(window);
        });
  }

  private static void check(SampleWindow window) {
    double[] sorted = window.toArray();
    Arrays.sort(sorted);
    // By their bits: -0 before 0.
    assertThat(Arrays.equals(window.sorted(), sorted)).isTrue();
    assertThat(Double.doubleToLongBits(window.median()))
        .isEqualTo(Double.doubleToLongBits(Medians.ofSorted(sorted)))
        .isEqualTo(Double.doubleToLongBits(Medians.median(window.toArray())));
  }

  /** Often one that is there already; NaN and infinities stay outside. */
  private static double value(RandomGenerator random) {
    double[] odd = {0.0, -0.0, 1, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE};
    return switch (random.nextInt(3)) {
      case 0 -> odd[random.nextInt(odd.length)];
      case 1 -> random.nextInt(-3, 4);
      default -> random.nextGaussian();
    };
  }
}
