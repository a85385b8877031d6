package io.evenkeel.bench.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MedianTest {
  @Test
  void shouldTakeTheLowerMiddleWhenTheNumberIsEven() {
    assertThat(Median.of(List.of(9.0, 1.0, 4.0))).isEqualTo(4);
    assertThat(Median.of(List.of(9.0, 1.0, 4.0, 5.0))).isEqualTo(4);
  }

  @Test
  void shouldPairNeighboursWhenRatiosAreAsked() {
    // Noise that slows both sides of a round tenfold changes nothing.
    assertThat(Median.ofRatios(List.of(4.0, 40.0, 6.0), List.of(2.0, 20.0, 3.0))).isEqualTo(2);
    assertThatThrownBy(() -> Median.ofRatios(List.of(1.0), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
