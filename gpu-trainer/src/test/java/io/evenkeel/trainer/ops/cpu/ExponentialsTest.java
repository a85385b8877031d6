package io.evenkeel.trainer.ops.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ExponentialsTest {
  private static final double RELATIVE = 2e-7;

  @Test
  void shouldAgreeWithMathOverTheWholeRange() {
    int count = 1 << 18;
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = -110 + 205f * i / count;
    }
    float[] y = new float[count];
    Exponentials.write(x, 0, 1, 0, y, 0, count);
    for (int i = 0; i < count; i++) {
      check(x[i], y[i]);
    }
  }

  @Test
  void shouldAgreeWithMathOnEveryKindOfFloat() {
    // Every 4999th bit pattern: normal, subnormal, infinite, NaN, of both signs.
    int count = (int) ((1L << 32) / 4999) / 7 * 7;
    float[] x = new float[7];
    float[] y = new float[7];
    for (int i = 0; i < count / 97 * 97; i += 97) {
      for (int j = 0; j < x.length; j++) {
        x[j] = Float.intBitsToFloat((i + j) * 4999);
      }
      Exponentials.write(x, 0, 1, 0, y, 0, x.length);
      for (int j = 0; j < x.length; j++) {
        check(x[j], y[j]);
      }
    }
  }

  @Test
  void shouldKeepTheEdgesAsMathHasThem() {
    float[] x = {
      0,
      -0f,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NaN,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.MAX_VALUE,
      -Float.MAX_VALUE
    };
    float[] y = new float[x.length];
    Exponentials.write(x, 0, 1, 0, y, 0, x.length);
    assertThat(y)
        .containsExactly(
            1, 1, Float.POSITIVE_INFINITY, 0, Float.NaN, 1, 1, Float.POSITIVE_INFINITY, 0);
  }

  @Test
  void shouldScaleShiftAndSumWhateverTheCount() {
    for (int count = 1; count <= 70; count++) {
      float[] x = new float[count + 3];
      for (int i = 0; i < x.length; i++) {
        x[i] = (i * 37 % 23 - 11) / 5f;
      }
      float[] y = new float[count + 5];
      float sum = Exponentials.write(x, 3, -0.5f, 0.25f, y, 2, count);
      double expected = 0;
      for (int i = 0; i < count; i++) {
        double e = Math.exp(-0.5 * x[3 + i] - 0.25);
        assertThat((double) y[2 + i]).isCloseTo(e, within(1e-6 * e));
        expected += e;
      }
      assertThat((double) sum).isCloseTo(expected, within(1e-6 * expected));
      assertThat(y[0] + y[1] + y[count + 2]).isZero();
    }
  }

  private static void check(float x, float found) {
    double expected = Math.exp(x);
    if (Double.isNaN(expected)) {
      assertThat(found).isNaN();
    } else if (expected > Float.MAX_VALUE) {
      assertThat(found).as("e^%s", x).isGreaterThan(Float.MAX_VALUE * 0.9999998f);
    } else if (expected < Float.MIN_NORMAL) {
      assertThat(Math.abs(found - expected)).as("e^%s", x).isLessThan(2 * Float.MIN_VALUE);
    } else {
      assertThat(Math.abs(found - expected) / expected).as("e^%s", x).isLessThan(RELATIVE);
    }
  }
}
