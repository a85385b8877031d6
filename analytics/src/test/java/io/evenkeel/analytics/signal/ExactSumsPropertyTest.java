package io.evenkeel.analytics.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.testing.SeededCases;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ExactSumsPropertyTest {

  @Test
  void shouldBeTheTrueSumRoundedOnceWhateverTheOrderAndGroups() {
    SeededCases.forEach(
        400,
        random -> {
          double[] values = values(random);
          BigDecimal truth = BigDecimal.ZERO;
          for (double value : values) {
            truth = truth.add(new BigDecimal(value));
          }

          assertThat(summed(values, random)).isEqualTo(truth.doubleValue());
        });
  }

  @Test
  void shouldBeAsAPlainSumWhenValuesAreNotFinite() {
    double[][] cases = {
      {1, Double.NaN, 2},
      {Double.POSITIVE_INFINITY, 1e308, 1},
      {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 4},
      {Double.MAX_VALUE, Double.MAX_VALUE, 1}
    };
    for (double[] values : cases) {
      assertThat(Double.valueOf(summed(values, RandomGenerator.getDefault())))
          .isEqualTo(Double.valueOf(values[0] + values[1] + values[2]));
    }
  }

  @Test
  void shouldGiveTheFiniteSumWhenOnlyAPlainSumOverflowsOnTheWay() {
    double[] values = {Double.MAX_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, 3, Double.MIN_VALUE};
    assertThat(summed(values, RandomGenerator.getDefault())).isEqualTo(Double.MAX_VALUE);
  }

  @Test
  void shouldAddVectorsAsItAddsTheirEntriesWhateverTheseAre() {
    SeededCases.forEach(
        300,
        random -> {
          int size = random.nextInt(1, 40);
          ExactSums vectors = ExactSums.ofSize(random.nextInt(2) * size);
          ExactSums entries = ExactSums.ofSize(size);
          for (int rank = random.nextInt(1, 30); rank > 0; rank--) {
            double[] values = values(random);
            double[] vector = new double[random.nextInt(8) == 0 ? random.nextInt(size) : size];
            long nonFinite = 0;
            for (int i = 0; i < vector.length; i++) {
              vector[i] =
                  random.nextInt(400) == 0 ? Double.NEGATIVE_INFINITY : values[i % values.length];
              nonFinite += Double.isFinite(vector[i]) ? 0 : 1;
              entries.add(i, vector[i]);
            }

            assertThat(vectors.add(ExpertVector.of(vector))).isEqualTo(nonFinite);
          }
          vectors.growTo(size);

          assertThat(vectors.toArray()).isEqualTo(entries.toArray());
        });
  }

  @Test
  void shouldPadWithZerosWhenLengthsDiffer() {
    ExactSums sums = ExactSums.ofSize(0);
    sums.add(ExpertVector.of(1, 2));
    sums.add(ExpertVector.of(0.1, 0.2, Double.NaN, 0.4));
    assertThat(sums.toArray()).containsExactly(1.1, 2.2, Double.NaN, 0.4);
  }

  /** Added up in a few groups, each in an order of its own, some by way of bytes. */
  private static double summed(double[] values, RandomGenerator random) {
    double[] shuffled = values.clone();
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double swapped = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = swapped;
    }
    ExactSums total = ExactSums.ofSize(1);
    ExactSums group = ExactSums.ofSize(1);
    for (double value : shuffled) {
      group.add(0, value);
      if (random.nextInt(4) == 0) {
        total.add(random.nextBoolean() ? group.copy() : reread(group));
        group = ExactSums.ofSize(1);
      }
    }
    total.add(group);
    return total.get(0);
  }

  private static ExactSums reread(ExactSums sums) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      sums.write(new DataOutputStream(bytes));
      return ExactSums.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Of like magnitudes, of wild ones, nearly cancelling, denormal, or huge. */
  private static double[] values(RandomGenerator random) {
    int spread = new int[] {2, 60, 600, 2_000}[random.nextInt(4)];
    double[] values = new double[random.nextInt(1, 200)];
    for (int i = 0; i < values.length; i++) {
      double value =
          Math.scalb(random.nextDouble(-1, 1), random.nextInt(-spread / 2, spread / 2 + 1));
      values[i] = i > 0 && random.nextInt(3) == 0 ? -values[i - 1] * (1 + 0x1p-50) : value;
    }
    return values;
  }
}
