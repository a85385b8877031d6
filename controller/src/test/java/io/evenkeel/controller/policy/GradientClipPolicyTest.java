package io.evenkeel.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.run.Knobs;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A run's norms against its clip, step by step in virtual time. */
class GradientClipPolicyTest {
  private final SplittableRandom random = new SplittableRandom(5);

  private static VirtualRun run(double clip) {
    return new VirtualRun(
        new GradientClipPolicy(GradientClipPolicy.Settings.DEFAULT),
        Knobs.GRADIENT_CLIP_NORM,
        clip == 0 ? 0 : 1e-3,
        1e6,
        clip);
  }

  private double norm(double median) {
    return median * Math.exp(0.2 * random.nextGaussian());
  }

  @Test
  void shouldLeaveAHealthyRunAloneWhateverItsClip() {
    for (double clip : new double[] {0, 0.1, 1, 100}) {
      VirtualRun run = run(clip);
      for (int step = 0; step < 2_000; step++) {
        assertThat(run.step(norm(0.5), 20)).as("clip %s step %d", clip, step).isEmpty();
      }
    }
  }

  @Test
  void shouldClipAboveItsOwnNormsWhenOutliersComeThrough() {
    for (double clip : new double[] {0, 50}) {
      VirtualRun run = run(clip);
      for (int step = 0; step < 400; step++) {
        run.step(step > 150 && step % 30 == 0 ? 20 : norm(0.5), 20);
      }
      assertThat(run.applied()).as("clip %s", clip).hasSize(1);
      assertThat(run.value()).isBetween(0.9, 1.6);
    }
  }

  @Test
  void shouldNotTightenAClipThatHoldsTheOutliersAlready() {
    VirtualRun run = run(1);
    for (int step = 0; step < 400; step++) {
      assertThat(run.step(step % 30 == 0 ? 20 : norm(0.5), 20)).isEmpty();
    }
  }

  @Test
  void shouldFollowItsNormsUpAgainButNeverPastTheBaseline() {
    VirtualRun run = run(10);
    for (int step = 0; step < 300; step++) {
      run.step(step > 150 && step % 20 == 0 ? 40 : norm(0.5), 20);
    }
    assertThat(run.value()).isLessThan(2);
    for (int step = 0; step < 600; step++) {
      run.step(norm(4), 20);
    }
    assertThat(run.value()).isBetween(4.0, 10.0);
    int settled = run.applied().size();
    for (int step = 0; step < 600; step++) {
      run.step(norm(30), 20);
    }
    assertThat(run.value()).isEqualTo(10);
    assertThat(run.applied().size() - settled).isLessThanOrEqualTo(2);
  }
}
