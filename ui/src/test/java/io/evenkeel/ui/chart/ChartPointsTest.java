package io.evenkeel.ui.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChartPointsTest {

  @Test
  void shouldDrawBothEndsOfABucketWhenAOneStepSpikeIsInIt() {
    List<Point> points =
        List.of(
            new Point(0, 1, 1.2, 1.1, 64),
            new Point(64, 1, 900, 1.1, 64),
            new Point(128, 1, 1.2, 1.1, 64));

    String drawn = ChartPoints.of(points, Scale.LINEAR).toString();

    assertThat(drawn).contains("[64,900.0]").contains("[64,1.0]");
  }

  @Test
  void shouldLeaveAGapWhenStepsAreMissing() {
    List<Point> points = steps(0, 10);
    points.addAll(steps(50, 60));

    String drawn = ChartPoints.of(points, Scale.LINEAR).toString();

    assertThat(drawn).contains("[9,9.0],[10,null],[50,50.0]");
    assertThat(drawn.split("null")).hasSize(2);
  }

  @Test
  void shouldLeaveNoGapWhenSingleStepsFollowWideBuckets() {
    List<Point> points = new ArrayList<>();
    for (long step = 0; step < 640; step += 16) {
      points.add(new Point(step, 1, 2, 1.5, 16));
    }
    points.addAll(steps(640, 700));

    assertThat(ChartPoints.of(points, Scale.LINEAR).toString()).doesNotContain("null");
  }

  @Test
  void shouldBreakTheLineWhenAValueIsNotFinite() {
    List<Point> points =
        List.of(
            Point.at(0, 1),
            Point.at(1, Double.NaN),
            Point.at(2, Double.POSITIVE_INFINITY),
            Point.at(3, 2));

    assertThat(ChartPoints.of(points, Scale.LINEAR).toString())
        .isEqualTo("[[0,1.0],[1,null],[2,null],[3,2.0]]");
  }

  @Test
  void shouldKeepTheFinitePartWhenABucketHoldsNan() {
    List<Point> points = List.of(new Point(0, 3, Double.NaN, 4, 16));

    assertThat(points.get(0).holdsNonFinite()).isTrue();
    assertThat(ChartPoints.of(points, Scale.LINEAR).toString()).isEqualTo("[[0,3.0]]");
  }

  @Test
  void shouldPlaceNothingWhenAValueIsNotAboveZeroOnALogarithmicAxis() {
    List<Point> points = List.of(Point.at(0, 0), Point.at(1, -1), Point.at(2, 0.1));

    assertThat(ChartPoints.of(points, Scale.LOGARITHMIC).toString())
        .isEqualTo("[[0,null],[1,null],[2,0.1]]");
  }

  @Test
  void shouldSendOnlyWhatIsNewWhenSomeIsDrawn() {
    assertThat(ChartPoints.after(steps(0, 10), 8, Scale.LINEAR).toString())
        .isEqualTo("[[8,8.0],[9,9.0]]");
  }

  private static List<Point> steps(long from, long to) {
    List<Point> points = new ArrayList<>();
    for (long step = from; step < to; step++) {
      points.add(Point.at(step, step));
    }
    return points;
  }
}
