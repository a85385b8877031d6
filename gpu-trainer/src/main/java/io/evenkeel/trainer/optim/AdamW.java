package io.evenkeel.trainer.optim;

import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.ops.AdamWStep;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** AdamW over all parameters of a model, with its moments. */
public final class AdamW {
  private static final int BELOW_ENTRIES = 2;

  private final TensorOps ops;
  private final List<Slot> slots = new ArrayList<>();
  private final Statistics squares;
  private final Statistics below;
  private final double[] squaresHost;
  private final double[] belowHost;
  private long updates;

  /**
   * One parameter and its moments.
   *
   * @param parameter what is updated
   * @param firstMoment m
   * @param secondMoment v
   */
  public record Slot(Parameter parameter, Tensor firstMoment, Tensor secondMoment) {}

  /** Moments of zero. */
  public AdamW(TensorOps ops, ModelState state) {
    this.ops = ops;
    for (Parameter parameter : state.parameters()) {
      slots.add(
          new Slot(
              parameter,
              ops.memory().allocate(parameter.value().shape()),
              ops.memory().allocate(parameter.value().shape())));
    }
    squares = ops.memory().allocateStatistics(slots.size() * StatisticsOps.SQUARES_ENTRIES);
    below = ops.memory().allocateStatistics(slots.size() * BELOW_ENTRIES);
    squaresHost = new double[squares.size()];
    belowHost = new double[below.size()];
  }

  /**
   * Norm of the present gradients and the clip coefficient; a clip of 0 or less switches clipping
   * off.
   */
  public GradientClip measure(double clip) {
    for (int index = 0; index < slots.size(); index++) {
      ops.statistics()
          .squares(
              slots.get(index).parameter().gradient(),
              squares,
              index * StatisticsOps.SQUARES_ENTRIES);
    }
    ops.memory().read(squares, squaresHost);
    double sum = 0;
    for (int index = 0; index < slots.size(); index++) {
      sum += squaresHost[index * StatisticsOps.SQUARES_ENTRIES];
    }
    return GradientClip.of(Math.sqrt(sum), clip);
  }

  /** Updates every parameter in place by its gradient. */
  public void step(OptimizerSettings settings, GradientClip clip) {
    updates++;
    for (Slot slot : slots) {
      boolean decays = slot.parameter().value().shape().rank() >= 2;
      ops.optimizer()
          .adamW(
              slot.parameter().value(),
              slot.parameter().gradient(),
              slot.firstMoment(),
              slot.secondMoment(),
              new AdamWStep(
                  settings.learningRate(),
                  settings.beta1(),
                  settings.beta2(),
                  settings.epsilon(),
                  decays ? settings.weightDecay() : 0,
                  clip.coefficient(),
                  updates));
    }
  }

  /**
   * The epsilon check of every tensor, after {@link #step}: costs a pass over the second moments.
   */
  public List<TensorCheck> check(OptimizerSettings settings, GradientClip clip) {
    double correction = 1 - Math.pow(settings.beta2(), updates);
    for (int index = 0; index < slots.size(); index++) {
      ops.optimizer()
          .belowEpsilon(
              slots.get(index).secondMoment(),
              correction,
              settings.epsilon(),
              below,
              index * BELOW_ENTRIES);
    }
    ops.memory().read(below, belowHost);
    List<TensorCheck> checks = new ArrayList<>(slots.size());
    double factor = clip.coefficient() * clip.coefficient();
    for (int index = 0; index < slots.size(); index++) {
      Parameter parameter = slots.get(index).parameter();
      int at = index * StatisticsOps.SQUARES_ENTRIES;
      checks.add(
          new TensorCheck(
              parameter.name(),
              parameter.value().shape().size(),
              factor * squaresHost[at + 1],
              (long) squaresHost[at + 2],
              (long) belowHost[index * BELOW_ENTRIES],
              (long) belowHost[index * BELOW_ENTRIES + 1],
              settings.epsilon()));
    }
    return checks;
  }

  /** Parameters with their moments, in canonical order. */
  public List<Slot> slots() {
    return List.copyOf(slots);
  }

  /** t, updates made so far. */
  public long updates() {
    return updates;
  }

  /** Sets t, when moments are restored from a checkpoint. */
  public void restoreUpdates(long count) {
    if (count < 0) {
      throw new IllegalArgumentException("updates must be >= 0, not " + count);
    }
    updates = count;
  }
}
