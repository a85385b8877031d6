package io.evenkeel.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.testing.SeededCases;
import io.evenkeel.trainer.optim.LearningRateSchedule.ConstantWithDecay;
import io.evenkeel.trainer.optim.LearningRateSchedule.Cosine;
import org.junit.jupiter.api.Test;

final class LearningRateScheduleTest {
  @Test
  void shouldRiseToThePeakAndStay() {
    LearningRateSchedule schedule = LearningRateSchedule.constant(20);

    assertThat(schedule.share(0)).isEqualTo(0.05);
    assertThat(schedule.share(19)).isEqualTo(1);
    assertThat(schedule.share(1_000_000)).isEqualTo(1);
    assertThat(LearningRateSchedule.constant(0).share(0)).isEqualTo(1);
  }

  @Test
  void shouldFallByACosineToTheFloor() {
    LearningRateSchedule schedule = new LearningRateSchedule(10, new Cosine(0.1), 111);

    assertThat(schedule.share(10)).isEqualTo(1);
    assertThat(schedule.share(60)).isCloseTo(0.55, within(1e-12));
    assertThat(schedule.share(110)).isCloseTo(0.1, within(1e-12));
    assertThat(schedule.share(500)).isCloseTo(0.1, within(1e-12));
  }

  @Test
  void shouldKeepThePeakUntilTheDecay() {
    LearningRateSchedule schedule =
        new LearningRateSchedule(10, new ConstantWithDecay(0, 0.2), 100);

    assertThat(schedule.share(79)).isEqualTo(1);
    assertThat(schedule.share(80)).isCloseTo(0.95, within(1e-12));
    assertThat(schedule.share(99)).isZero();
    assertThat(schedule.share(150)).isZero();
  }

  @Test
  void shouldStayBetweenFloorAndPeakAndNeverRiseAfterTheWarmUp() {
    SeededCases.forEach(
        200,
        random -> {
          double floor = random.nextDouble();
          LearningRateSchedule.Course course =
              random.nextBoolean()
                  ? new Cosine(floor)
                  : new ConstantWithDecay(floor, 1e-3 + 0.999 * random.nextDouble());
          long warmUp = random.nextInt(50);
          LearningRateSchedule schedule =
              new LearningRateSchedule(warmUp, course, 1 + random.nextInt(250));
          double before = 1;
          for (long step = warmUp; step < 300; step++) {
            double share = schedule.share(step);
            assertThat(share).isBetween(floor - 1e-12, before + 1e-12);
            before = share;
          }
          assertThat(before).isCloseTo(floor, within(1e-9));
        });
  }

  @Test
  void shouldRefuseSharesThatAreNone() {
    assertThatThrownBy(() -> new Cosine(1.1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ConstantWithDecay(0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LearningRateSchedule.constant(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
