package io.evenkeel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Targets that the loss leaves out. */
final class SkippedTargetsTest {
  private static final ModelConfig CONFIG =
      new ModelConfig(12, 8, 2, 1, 2, 0, 1, 1, 2, 4, 4, 1, 1e-6, 1e4, 6);
  private static final int B = 2;
  private static final int S = 5;
  private static final int[] INPUTS = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3};
  private static final int[] TARGETS = {Batch.SKIPPED, 4, 1, 5, 9, Batch.SKIPPED, 6, 5, 3, 5};

  private final ReferenceTensorOps ops = new ReferenceTensorOps();
  private final ModelState state = new ModelState(CONFIG, ops.memory());
  private final Transformer model = new Transformer(ops, state, B, S, new Stopwatch(() -> 0));

  SkippedTargetsTest() {
    new Initializer(1, 1).fill(state, ops.memory(), new SplittableRandom(5));
  }

  private double loss(int[] targets) {
    model.forward(INPUTS, targets);
    model.refreshStatistics();
    return model.losses(Objective.languageModel(1)).languageModel();
  }

  @Test
  void shouldBeTheMeanOverTheTargetsThatCount() {
    double[] logits = new double[B * S * 12];
    double loss = loss(TARGETS);
    ops.memory().read(model.logits(), logits);
    double expected = 0;
    for (int t = 0; t < B * S; t++) {
      if (TARGETS[t] >= 0) {
        double sum = 0;
        for (int i = 0; i < 12; i++) {
          sum += Math.exp(logits[t * 12 + i] - logits[t * 12 + TARGETS[t]]);
        }
        expected += Math.log(sum) / 8;
      }
    }
    assertThat(loss).isCloseTo(expected, within(1e-12));
    int[] all = TARGETS.clone();
    all[0] = 7;
    assertThat(loss(all)).isNotCloseTo(loss, within(1e-6));
  }

  @Test
  void shouldAgreeWithFiniteDifferences() {
    loss(TARGETS);
    model.backward(Objective.languageModel(1), GradientMethod.ONE_PASS);
    for (String name : new String[] {"head", "embed", "layers.0.attn1.wv"}) {
      Parameter parameter = state.parameter(name);
      double[] gradient = ops.memory().toArray(parameter.gradient());
      double[] values = ops.memory().toArray(parameter.value());
      for (int i = 0; i < values.length; i += 7) {
        double[] moved = values.clone();
        moved[i] = values[i] + 1e-6;
        ops.memory().write(parameter.value(), moved);
        double above = loss(TARGETS);
        moved[i] = values[i] - 1e-6;
        ops.memory().write(parameter.value(), moved);
        double below = loss(TARGETS);
        ops.memory().write(parameter.value(), values);
        assertThat(gradient[i]).as(name).isCloseTo((above - below) / 2e-6, within(1e-8));
      }
    }
  }

  @Test
  void shouldHaveNoGradientWhenEveryTargetIsLeftOut() {
    int[] none = new int[B * S];
    Arrays.fill(none, Batch.SKIPPED);

    assertThat(loss(none)).isZero();
    model.backward(Objective.languageModel(1), GradientMethod.ONE_PASS);
    assertThat(ops.memory().toArray(state.parameter("head").gradient())).containsOnly(0);
  }
}
