package io.evenkeel.ui.rundetail;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.ui.chart.Point;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeriesTest {

  @Test
  void shouldPutStepsIntoTheirBucketAndKeepASpikeWhenALongRunGoesOn() {
    var before = new Series.Loaded(Map.of("", List.of(new Point(0, 1, 2, 1.5, 16))));

    Series.Loaded after =
        before.plus(
            Map.of(
                "", List.of(Point.at(15, 3), Point.at(16, 900), Point.at(17, 1), Point.at(33, 2))),
            16);

    assertThat(after.bySeries().get(""))
        .containsExactly(new Point(0, 1, 3, 3, 17), new Point(16, 1, 900, 1, 2), Point.at(33, 2));
  }

  @Test
  void shouldKeepEveryStepWhenTheRunIsShort() {
    var before = new Series.Loaded(Map.of("", List.of(Point.at(0, 1))));

    assertThat(before.plus(Map.of("", List.of(Point.at(1, 2))), 1).bySeries().get("")).hasSize(2);
  }

  @Test
  void shouldSayThatABucketHoldsNanWhenALiveStepIsNone() {
    var before = new Series.Loaded(Map.of("", List.of(new Point(0, 1, 2, 1.5, 8))));

    Point bucket =
        before.plus(Map.of("", List.of(Point.at(8, Double.NaN))), 16).bySeries().get("").getFirst();

    assertThat(bucket.holdsNonFinite()).isTrue();
    assertThat(bucket.min()).isEqualTo(1);
    assertThat(bucket.count()).isEqualTo(9);
  }

  @Test
  void shouldHaveAsManyBucketsAsAreWantedAtMost() {
    assertThat(SeriesReaders.Range.width(0, 599, 600)).isEqualTo(1);
    assertThat(SeriesReaders.Range.width(0, 600, 600)).isEqualTo(2);
    assertThat(SeriesReaders.Range.width(0, 9_999_999, 80)).isEqualTo(131_072);
  }
}
