package io.evenkeel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.testing.SeededCases;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Gradients of the whole objective against central differences in double precision, on models of
 * random shape.
 */
final class FiniteDifferencesTest {
  private static final double STEP = 1e-5;
  private final TensorOps ops = new ReferenceTensorOps();

  @Test
  void shouldEqualCentralDifferencesWhenNoSelectionFlips() {
    SeededCases.forEach(6, this::check);
  }

  private void check(RandomGenerator random) {
    ModelConfig config = anyConfig(random);
    ModelState state = new ModelState(config, ops.memory());
    new Initializer(1, 1).fill(state, ops.memory(), random);
    Transformer model = new Transformer(ops, state, 2, 5, new Stopwatch(() -> 0));
    int[] inputs = random.ints(10, 0, config.vocabulary()).toArray();
    int[] targets = random.ints(10, 0, config.vocabulary()).toArray();
    Objective objective = Objective.uniform(config.layers(), 0.3, 0.01);
    model.forward(inputs, targets);
    model.refreshStatistics();
    String selection = selection(model);
    // f is a constant of the gradient; the difference must hold it fixed, and does while no
    // selection flips.
    model.backward(
        objective, random.nextBoolean() ? GradientMethod.EXACT : GradientMethod.ONE_PASS);
    int checked = 0;
    for (Parameter parameter : state.parameters()) {
      double[] values = ops.memory().toArray(parameter.value());
      double[] gradient = ops.memory().toArray(parameter.gradient());
      int at = random.nextInt(values.length);
      double original = values[at];
      values[at] = original + STEP;
      ops.memory().write(parameter.value(), values);
      double above = loss(model, inputs, targets, objective);
      boolean same = selection(model).equals(selection);
      values[at] = original - STEP;
      ops.memory().write(parameter.value(), values);
      double below = loss(model, inputs, targets, objective);
      same &= selection(model).equals(selection);
      values[at] = original;
      ops.memory().write(parameter.value(), values);
      if (same) {
        checked++;
        assertThat(gradient[at])
            .as(parameter.name() + "[" + at + "]")
            .isCloseTo((above - below) / (2 * STEP), within(1e-6));
      }
    }
    assertThat(checked).isGreaterThan(state.parameters().size() / 2);
  }

  private static double loss(Transformer model, int[] inputs, int[] targets, Objective objective) {
    model.forward(inputs, targets);
    model.refreshStatistics();
    return model.losses(objective).total();
  }

  private String selection(Transformer model) {
    StringBuilder all = new StringBuilder();
    model
        .layers()
        .forEach(
            layer ->
                all.append(
                    java.util.Arrays.toString(
                        ops.memory().toArray(layer.moe().plan().selected()))));
    return all.toString();
  }

  private static ModelConfig anyConfig(RandomGenerator random) {
    int heads = 1 + random.nextInt(2);
    int groups = 1 + random.nextInt(3);
    int experts = groups * (1 + random.nextInt(2));
    int zero = random.nextInt(3);
    int k = 1 + random.nextInt(experts + zero);
    return new ModelConfig(
        11,
        heads * 2 * (1 + random.nextInt(2)),
        heads,
        1 + random.nextInt(3),
        experts,
        zero,
        k,
        zero == 0 ? k : 0.7 * k,
        groups,
        3,
        5,
        1.3,
        1e-6,
        10_000,
        3);
  }
}
