package io.evenkeel.analytics.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.SeededCases;
import org.junit.jupiter.api.Test;

class SpikeScoreTest {

  @Test
  void shouldGiveNoScoreWhenTheWindowFillsOrTheValueIsNotFinite() {
    SampleWindow window = SpikeScore.emptyWindow();
    for (int i = 0; i < SpikeScore.ARMED_AFTER; i++) {
      assertThat(SpikeScore.of(1.0, window)).isNull();
      window = window.with(1 + 0.01 * (i % 5));
    }
    assertThat(SpikeScore.of(1.0, window)).isNotNull();
    assertThat(SpikeScore.of(Double.NaN, window)).isNull();
    assertThat(SpikeScore.of(null, window)).isNull();
  }

  @Test
  void shouldNotLetNaNIntoTheWindow() {
    SampleWindow window = SpikeScore.emptyWindow().with(1).with(Double.NaN).with(1 / 0.0);
    assertThat(window.toArray()).containsExactly(1);
  }

  @Test
  void shouldStayModerateWhenTheSeriesIsRounded() {
    SampleWindow window = SpikeScore.emptyWindow();
    for (int i = 0; i < SpikeScore.WINDOW; i++) {
      window = window.with(i % 10 == 0 ? 0.24 : 0.23);
    }
    // The MAD is zero: without a floor this would be infinite.
    assertThat(SpikeScore.of(0.27, window)).isBetween(3.0, 5.0);
  }

  @Test
  void shouldSeeASpikeOnASteepLossWhenTheMedianLagsBehind() {
    SampleWindow window = SpikeScore.emptyWindow();
    for (int i = 0; i < 100; i++) {
      window = window.with(1.9 + 3.6 * Math.exp(-i / 40.0) + (i % 2 == 0 ? 0.02 : -0.02));
    }
    double expected = 1.9 + 3.6 * Math.exp(-100 / 40.0);
    assertThat(SpikeScore.of(expected + 2, window)).isGreaterThan(8);
    assertThat(SpikeScore.of(expected, window)).isBetween(-8.0, 3.0);
  }

  @Test
  void shouldBeBoundedByTheScaleWhateverTheSeries() {
    SeededCases.forEach(
        100,
        random -> {
          SampleWindow window = SpikeScore.emptyWindow();
          double magnitude = Math.pow(10, random.nextInt(-300, 300));
          for (int i = 0; i < 200; i++) {
            window = window.with(magnitude * random.nextGaussian());
          }
          Double score = SpikeScore.of(magnitude, window);
          assertThat(score == null || Double.isFinite(score)).isTrue();
          assertThat(window.size()).isEqualTo(SpikeScore.WINDOW);
        });
  }
}
