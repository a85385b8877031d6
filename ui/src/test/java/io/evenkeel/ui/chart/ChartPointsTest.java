package io.evenkeel.ui.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Base64;
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

    String drawn = drawn(ChartPoints.of(points, Scale.LINEAR));

    assertThat(drawn).contains("[64,900.0]").contains("[64,1.0]");
  }

  @Test
  void shouldLeaveAGapWhenStepsAreMissing() {
    List<Point> points = steps(0, 10);
    points.addAll(steps(50, 60));

    String drawn = drawn(ChartPoints.of(points, Scale.LINEAR));

    assertThat(drawn).contains("[9,9.0],[10,NaN],[50,50.0]");
    assertThat(drawn.split("NaN")).hasSize(2);
  }

  @Test
  void shouldLeaveNoGapWhenSingleStepsFollowWideBuckets() {
    List<Point> points = new ArrayList<>();
    for (long step = 0; step < 640; step += 16) {
      points.add(new Point(step, 1, 2, 1.5, 16));
    }
    points.addAll(steps(640, 700));

    assertThat(drawn(ChartPoints.of(points, Scale.LINEAR))).doesNotContain("NaN");
  }

  @Test
  void shouldBreakTheLineWhenAValueIsNotFinite() {
    List<Point> points =
        List.of(
            Point.at(0, 1),
            Point.at(1, Double.NaN),
            Point.at(2, Double.POSITIVE_INFINITY),
            Point.at(3, 2));

    assertThat(drawn(ChartPoints.of(points, Scale.LINEAR)))
        .isEqualTo("[0,1.0],[1,NaN],[2,NaN],[3,2.0]");
  }

  @Test
  void shouldKeepTheFinitePartWhenABucketHoldsNan() {
    List<Point> points = List.of(new Point(0, 3, Double.NaN, 4, 16));

    assertThat(points.get(0).holdsNonFinite()).isTrue();
    assertThat(drawn(ChartPoints.of(points, Scale.LINEAR))).isEqualTo("[0,3.0]");
  }

  @Test
  void shouldPlaceNothingWhenAValueIsNotAboveZeroOnALogarithmicAxis() {
    List<Point> points = List.of(Point.at(0, 0), Point.at(1, -1), Point.at(2, 0.1));

    assertThat(drawn(ChartPoints.of(points, Scale.LOGARITHMIC)))
        .isEqualTo("[0,NaN],[1,NaN],[2,0.1]");
  }

  @Test
  void shouldSendOnlyWhatIsNewWhenSomeIsDrawn() {
    assertThat(drawn(ChartPoints.after(steps(0, 10), 8, Scale.LINEAR)))
        .isEqualTo("[8,8.0],[9,9.0]");
  }

  @Test
  void shouldKeepEveryDigitWhenAValueIsBeyondAFloat() {
    ChartPoints drawn = ChartPoints.of(List.of(Point.at(0, 1e300), Point.at(1, 1)), Scale.LINEAR);

    assertThat(drawn.isWide()).isTrue();
    assertThat(Base64.getDecoder().decode(drawn.values())).hasSize(2 * 3 * Double.BYTES);
  }

  @Test
  void shouldGoThroughLeastLargestAndLastInThisOrderWhenTheLineComesFromBelow() {
    assertThat(drawn(ChartPoints.of(List.of(new Point(0, 1, 9, 4, 16)), Scale.LINEAR)))
        .isEqualTo("[0,1.0],[0,9.0],[0,4.0]");
  }

  private static String drawn(ChartPoints points) {
    return String.join(
        ",",
        SentPoints.in(
            "{\"steps\":[\""
                + points.steps()
                + "\"],\"a\":{\"steps\":0,\"values\":\""
                + points.values()
                + "\"}}"));
  }

  private static List<Point> steps(long from, long to) {
    List<Point> points = new ArrayList<>();
    for (long step = from; step < to; step++) {
      points.add(Point.at(step, step));
    }
    return points;
  }
}
