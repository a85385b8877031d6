package io.evenkeel.bench.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LinearFitTest {

  @Test
  void shouldFindTheLineWhenPointsLieOnOne() {
    LinearFit fit = LinearFit.of(new double[] {1, 4, 16}, new double[] {12, 18, 42});
    assertThat(fit.intercept()).isCloseTo(10, within(1e-12));
    assertThat(fit.slope()).isCloseTo(2, within(1e-12));
    assertThat(fit.determination()).isCloseTo(1, within(1e-12));
  }

  @Test
  void shouldTellWhenTheyDoNot() {
    assertThat(LinearFit.of(new double[] {1, 2, 3}, new double[] {1, 5, 2}).determination())
        .isLessThan(0.2);
  }
}
