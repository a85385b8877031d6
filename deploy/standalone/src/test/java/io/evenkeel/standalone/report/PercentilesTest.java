package io.evenkeel.standalone.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
  @Test
  void shouldGiveMeasuredValuesByNearestRankWhenThereAreMany() {
    List<Double> values =
        IntStream.rangeClosed(1, 200).map(i -> 201 - i).mapToObj(i -> (double) i).toList();

    assertThat(Percentiles.of(values)).isEqualTo(new Percentiles(100.0, 198.0, 200.0));
    assertThat(Percentiles.of(List.of(7.0))).isEqualTo(new Percentiles(7.0, 7.0, 7.0));
  }

  @Test
  void shouldSayNothingWhenNothingWasMeasured() {
    assertThat(Percentiles.of(List.of())).isEqualTo(new Percentiles(null, null, null));
    assertThatThrownBy(() -> Percentiles.of(List.of(1.0, Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
