package io.evenkeel.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.run.Knobs;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Activations that grow with the size of the updates, step by step in virtual time. */
class LearningRateHeatPolicyTest {
  private final SplittableRandom random = new SplittableRandom(9);
  private final VirtualRun run =
      new VirtualRun(
          new LearningRateHeatPolicy(LearningRateHeatPolicy.Settings.DEFAULT),
          Knobs.LEARNING_RATE_SCALE,
          1e-3,
          10,
          1);

  private double noisy(double activation) {
    return activation * Math.exp(0.05 * random.nextGaussian());
  }

  @Test
  void shouldCutTheRateUntilActivationsStopGrowingAndGiveItBackSlowly() {
    double activation = 12;
    for (int step = 0; step < 120; step++) {
      // Ten times too hot: a rate of a tenth grows no faster than a healthy run's.
      activation *= 1 + 0.12 * Math.max(0, run.value() - 0.1);
      run.step(1, noisy(activation));
    }
    assertThat(run.applied()).isNotEmpty();
    assertThat(run.applied().getFirst().value()).isBetween(0.1, Math.sqrt(0.1));
    assertThat(run.value()).isBetween(0.01, 0.4);
    double cut = run.value();
    int cuts = run.applied().size();
    for (int step = 0; step < 1_600; step++) {
      run.step(1, noisy(activation));
    }
    assertThat(run.value()).isGreaterThan(cut).isLessThanOrEqualTo(1);
    assertThat(run.applied().size() - cuts).isBetween(1, 7);
  }

  @Test
  void shouldLeaveHealthyGrowthAlone() {
    for (int step = 0; step < 600; step++) {
      // Fourfold in the first hundred steps, as healthy runs of the presets, and threefold later.
      double grown = step < 100 ? 1 + 3 * step / 100.0 : 4 + 8 * (step - 100) / 500.0;
      assertThat(run.step(1, noisy(9 * grown))).as("step %d", step).isEmpty();
    }
  }

  @Test
  void shouldLeaveAYoungRunAloneWhenItGrowsLateAndAllAtOnce() {
    for (int step = 0; step < 300; step++) {
      // More in 40 steps than an older run may, and less than it may since its beginning.
      double grown = Math.exp(Math.log(3.4) * Math.clamp((step - 20) / 40.0, 0, 1));
      assertThat(run.step(1, noisy(9 * grown))).as("step %d", step).isEmpty();
    }
  }

  @Test
  void shouldLeaveALeapAloneThatIsOver() {
    for (int step = 0; step < 300; step++) {
      double leapt = step < 150 ? 20 : 150 * Math.exp(-(step - 150) / 80.0);
      if (step < 156) {
        run.step(1, noisy(leapt));
      } else {
        assertThat(run.step(1, noisy(leapt))).as("step %d", step).isEmpty();
      }
    }
    assertThat(run.applied().size()).isLessThanOrEqualTo(1);
  }
}
