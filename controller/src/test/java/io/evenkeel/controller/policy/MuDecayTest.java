package io.evenkeel.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.controller.policy.MuDecay.Corner;
import io.evenkeel.controller.policy.MuDecay.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Schedules of mu, settled window by settled window in virtual time. */
class MuDecayTest {
  private static final double BASELINE = 0.02;
  private static final long HORIZON = 2_000;
  private static final long WINDOW = 200;

  private static MuDecay decay(Shape shape) {
    List<Corner> corners =
        shape == Shape.PIECEWISE ? List.of(new Corner(0.3, 0.9), new Corner(0.6, 0.4)) : List.of();
    return new MuDecay(shape, HORIZON, 0.1, corners);
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void shouldFallFromBaselineToFloorInTheHorizonWhenTheRunStaysSettled(Shape shape) {
    MuDecay decay = decay(shape);
    double mu = BASELINE;
    for (long settled = WINDOW; settled <= 2 * HORIZON; settled += WINDOW) {
      double next = decay.after(mu, BASELINE, WINDOW);
      assertThat(next).isLessThanOrEqualTo(mu);
      mu = next;
      double expected = BASELINE * decay.share((double) settled / HORIZON);
      assertThat(mu).as("after %d settled steps", settled).isCloseTo(expected, within(1e-5));
    }
    assertThat(mu).isCloseTo(0.1 * BASELINE, within(1e-6));
  }

  @Test
  void shouldHaveTheShapesThatTheirNamesSay() {
    assertThat(decay(Shape.COSINE).share(0.5)).isCloseTo(0.55, within(1e-12));
    assertThat(decay(Shape.EXPONENTIAL).share(0.5)).isCloseTo(Math.sqrt(0.1), within(1e-12));
    assertThat(decay(Shape.INVERSE_SQUARE_ROOT).share(0.5))
        .isCloseTo(1 / Math.sqrt(1 + 0.5 * 99), within(1e-12));
    assertThat(decay(Shape.PIECEWISE).share(0.45)).isCloseTo(0.65, within(1e-12));
    assertThat(MuDecay.DEFAULT.share(200.0 / 664)).isCloseTo(0.5, within(1e-3));
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void shouldGoOnWhereItWasHeldWhenOnlySettledStepsCount(Shape shape) {
    MuDecay decay = decay(shape);
    double mu = decay.after(BASELINE, BASELINE, 900);
    // A lift in between sets the schedule back to where that much was left.
    double lifted = Math.min(BASELINE, 2 * mu);
    double again = decay.after(lifted, BASELINE, WINDOW);
    assertThat(again).isLessThan(lifted);
    double before = decay.progress(lifted / BASELINE);
    assertThat(decay.progress(again / BASELINE))
        .isCloseTo(Math.min(1, before + (double) WINDOW / HORIZON), within(1e-6));
  }

  @Test
  void shouldLeaveMuAloneWithoutABaselineToFallFrom() {
    assertThat(MuDecay.DEFAULT.after(0.01, 0, WINDOW)).isEqualTo(0.01);
    assertThat(MuDecay.DEFAULT.after(0, 0.02, WINDOW)).isZero();
  }

  @Test
  void shouldRefuseSchedulesThatDoNotFallOrHaveNoEnd() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MuDecay(Shape.COSINE, 0, 0.1, List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MuDecay(Shape.COSINE, 10, 1, List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new MuDecay(
                    Shape.PIECEWISE, 10, 0.1, List.of(new Corner(0.2, 0.5), new Corner(0.4, 0.5))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MuDecay(Shape.COSINE, 10, 0.1, List.of(new Corner(0.2, 0.5))));
  }

  @Test
  void shouldReadSchedulesAndSayWhatIsWrongWithThem() {
    assertThat(MuDecay.parse("cosine:2000"))
        .isEqualTo(new MuDecay(Shape.COSINE, 2_000, 0.1, List.of()));
    assertThat(MuDecay.parse("inverse-square-root:50:0.2").floorShare()).isEqualTo(0.2);
    assertThat(MuDecay.parse("piecewise:2000:0.1:0.3=0.9,0.6=0.4").pieces())
        .containsExactly(new Corner(0.3, 0.9), new Corner(0.6, 0.4));
    for (String wrong :
        List.of("", "cosine", "sine:10", "cosine:x", "cosine:10:2", "piecewise:9:0.1:0.5")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MuDecay.parse(wrong))
          .withMessageContaining("'" + wrong + "'");
    }
  }
}
