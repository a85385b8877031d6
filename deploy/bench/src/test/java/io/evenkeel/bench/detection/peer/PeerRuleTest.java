package io.evenkeel.bench.detection.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.bench.detection.Series;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The expected steps are worked out by hand from the published rules. */
class PeerRuleTest {
  @Test
  void shouldSkipFromTheSixtyFourthLossOnWhenALossIsSixDeviationsAbove() {
    // Alternates 2.9 and 3.1: mean 3, deviation little more than 0.1.
    IntToDoubleFunction calm = i -> i % 2 == 0 ? 2.9 : 3.1;
    assertThat(new SkipStep().hits(series(100, i -> i == 62 ? 9 : calm.applyAsDouble(i), i -> 1)))
        .isEmpty();
    assertThat(new SkipStep().hits(series(100, i -> i == 63 ? 9 : calm.applyAsDouble(i), i -> 1)))
        .containsExactly(63);
    assertThat(
            new SkipStep().hits(series(100, i -> i == 80 ? 3.55 : calm.applyAsDouble(i), i -> 1)))
        .isEmpty();
    assertThat(new SkipStep().hits(series(100, i -> i == 80 ? 0 : calm.applyAsDouble(i), i -> 1)))
        .isEmpty();
    assertThat(
            new SkipStep()
                .hits(series(100, calm, i -> i == 90 ? 4 : 1 + calm.applyAsDouble(i) / 9)))
        .containsExactly(90);
  }

  @Test
  void shouldSkipAsLongAsALossThatIsNoNumberIsInTheWindow() {
    assertThat(new SkipStep().hits(series(400, i -> i == 100 ? Double.NaN : 3 + i % 2, i -> 1)))
        .isEqualTo(IntStream.rangeClosed(100, 228).boxed().toList());
  }

  @Test
  void shouldClipWhenTheNormIsTwoAndAHalfDeviationsAboveItsAverage() {
    IntToDoubleFunction calm = i -> i % 2 == 0 ? 0.9 : 1.1;
    assertThat(new ZClip().hits(series(60, i -> 3, i -> i == 24 ? 9 : calm.applyAsDouble(i))))
        .isEmpty();
    assertThat(new ZClip().hits(series(60, i -> 3, i -> i == 40 ? 1.4 : calm.applyAsDouble(i))))
        .containsExactly(40);
    assertThat(new ZClip().hits(series(60, i -> 3, i -> i == 40 ? 1.2 : calm.applyAsDouble(i))))
        .isEmpty();
  }

  @Test
  void shouldKillWhenTheFifthLossInARowIsTwiceTheMean() {
    assertThat(new KillLossSpike().hits(series(300, i -> i >= 150 && i < 154 ? 9 : 3, i -> 1)))
        .isEmpty();
    assertThat(new KillLossSpike().hits(series(300, i -> i >= 150 && i < 156 ? 9 : 3, i -> 1)))
        .containsExactly(154, 155);
    assertThat(new KillLossSpike().hits(series(203, i -> 11, i -> 1)))
        .containsExactly(200, 201, 202);
  }

  private static Series series(int steps, IntToDoubleFunction loss, IntToDoubleFunction norm) {
    Series series = new Series();
    for (int i = 0; i < steps; i++) {
      series.add(i, loss.applyAsDouble(i), norm.applyAsDouble(i));
    }
    return series;
  }
}
