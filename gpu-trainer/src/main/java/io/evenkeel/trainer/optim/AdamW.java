package io.evenkeel.trainer.optim;

import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.ops.AdamWSlot;
import io.evenkeel.trainer.ops.AdamWStep;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.OptimizerPlan;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** AdamW over all parameters of a model, with its moments. */
public final class AdamW {
  private final TensorOps ops;
  private final List<Slot> slots = new ArrayList<>();
  private final OptimizerPlan plan;
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

  /** Moments of zero, and one learning rate for all tensors. */
  public AdamW(TensorOps ops, ModelState state) {
    this(ops, state, WidthTransfer.none());
  }

  /** Moments of zero, and learning rates by tensor. */
  public AdamW(TensorOps ops, ModelState state, WidthTransfer transfer) {
    this.ops = ops;
    int width = state.config().width();
    List<AdamWSlot> prepared = new ArrayList<>();
    for (Parameter parameter : state.parameters()) {
      Tensor value = parameter.value();
      Slot slot =
          new Slot(
              parameter,
              ops.memory().allocate(value.shape()),
              ops.memory().allocate(value.shape()));
      slots.add(slot);
      prepared.add(
          new AdamWSlot(
              value,
              parameter.gradient(),
              slot.firstMoment(),
              slot.secondMoment(),
              value.shape().rank() >= 2 ? AdamWSlot.Decay.DECAYED : AdamWSlot.Decay.NOT_DECAYED,
              transfer.factor(parameter.name(), width)));
    }
    plan = ops.optimizer().prepare(prepared);
    squares = ops.memory().allocateStatistics(slots.size() * StatisticsOps.SQUARES_ENTRIES);
    below = ops.memory().allocateStatistics(slots.size() * OptimizerOps.BELOW_ENTRIES);
    squaresHost = new double[squares.size()];
    belowHost = new double[below.size()];
  }

  /** Has the backend add up the squares of the present gradients: before {@link #step}. */
  public void measure() {
    ops.optimizer().gradientSquares(plan, squares, 0);
  }

  /** Norm and clip coefficient of the gradients last measured: reads from the backend. */
  public GradientClip clip(OptimizerSettings settings) {
    ops.memory().read(squares, squaresHost);
    double sum = 0;
    for (int index = 0; index < slots.size(); index++) {
      sum += squaresHost[index * StatisticsOps.SQUARES_ENTRIES];
    }
    return new GradientClip(Math.sqrt(sum), adamWStep(settings).clipCoefficient(sum));
  }

  /** Whether every entry of the gradients last measured, and their norm, is finite: reads. */
  public boolean isFinite() {
    ops.memory().read(squares, squaresHost);
    double sum = 0;
    double bad = 0;
    for (int index = 0; index < slots.size(); index++) {
      sum += squaresHost[index * StatisticsOps.SQUARES_ENTRIES];
      bad += squaresHost[index * StatisticsOps.SQUARES_ENTRIES + 2];
    }
    return bad == 0 && Double.isFinite(sum);
  }

  /** Updates every parameter in place by its gradient, clipped by the norm last measured. */
  public void step(OptimizerSettings settings) {
    updates++;
    ops.optimizer().adamW(plan, adamWStep(settings), squares, 0, below, 0);
  }

  private AdamWStep adamWStep(OptimizerSettings settings) {
    return new AdamWStep(
        settings.learningRate(),
        settings.beta1(),
        settings.beta2(),
        settings.epsilon(),
        settings.weightDecay(),
        settings.clip(),
        updates);
  }

  /** The epsilon check of every tensor, after {@link #step}: reads from the backend. */
  public List<TensorCheck> check(OptimizerSettings settings) {
    double coefficient = clip(settings).coefficient();
    ops.memory().read(below, belowHost);
    List<TensorCheck> checks = new ArrayList<>(slots.size());
    for (int index = 0; index < slots.size(); index++) {
      Parameter parameter = slots.get(index).parameter();
      int at = index * StatisticsOps.SQUARES_ENTRIES;
      int belowAt = index * OptimizerOps.BELOW_ENTRIES;
      checks.add(
          new TensorCheck(
              parameter.name(),
              parameter.value().shape().size(),
              coefficient * coefficient * squaresHost[at + 1],
              (long) squaresHost[at + 2],
              (long) belowHost[belowAt],
              (long) belowHost[belowAt + 1],
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
