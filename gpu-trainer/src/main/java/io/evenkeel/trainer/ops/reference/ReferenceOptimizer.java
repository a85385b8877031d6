package io.evenkeel.trainer.ops.reference;

import static io.evenkeel.trainer.ops.reference.ReferenceTensor.of;

import io.evenkeel.trainer.ops.AdamWSlot;
import io.evenkeel.trainer.ops.AdamWStep;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.OptimizerPlan;
import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.host.HostOptimizerPlan;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.List;

final class ReferenceOptimizer implements OptimizerOps {
  private final ReferenceStatistics statistics = new ReferenceStatistics();

  @Override
  public OptimizerPlan prepare(List<AdamWSlot> slots) {
    return new HostOptimizerPlan(slots);
  }

  @Override
  public void gradientSquares(OptimizerPlan plan, Statistics into, int at) {
    int entry = at;
    for (AdamWSlot slot : plan.slots()) {
      statistics.squares(slot.gradient(), into, entry);
      entry += StatisticsOps.SQUARES_ENTRIES;
    }
  }

  @Override
  public void adamW(
      OptimizerPlan plan,
      AdamWStep step,
      Statistics squares,
      int squaresAt,
      Statistics below,
      int belowAt) {
    int count = plan.slots().size();
    ShapeChecks.room(squares, squaresAt, count * StatisticsOps.SQUARES_ENTRIES);
    ShapeChecks.room(below, belowAt, count * BELOW_ENTRIES);
    double sum = 0;
    for (int index = 0; index < count; index++) {
      sum += HostStatistics.of(squares)[squaresAt + index * StatisticsOps.SQUARES_ENTRIES];
    }
    double clip = step.clipCoefficient(sum);
    for (int index = 0; index < count; index++) {
      update(plan.slots().get(index), step, clip);
      countBelow(plan.slots().get(index), step, below, belowAt + index * BELOW_ENTRIES);
    }
  }

  private static void update(AdamWSlot slot, AdamWStep step, double clip) {
    double[] w = of(slot.parameter());
    double[] m = of(slot.firstMoment());
    double[] v = of(slot.secondMoment());
    double rate = step.learningRate() * slot.learningRateFactor();
    double decay = slot.decay() == AdamWSlot.Decay.DECAYED ? step.weightDecay() : 0;
    for (int i = 0; i < w.length; i++) {
      double g = clip * of(slot.gradient())[i];
      w[i] *= 1 - rate * decay;
      m[i] = step.beta1() * m[i] + (1 - step.beta1()) * g;
      v[i] = step.beta2() * v[i] + (1 - step.beta2()) * g * g;
      w[i] -=
          rate
              / step.biasCorrection1()
              * m[i]
              / (Math.sqrt(v[i] / step.biasCorrection2()) + step.epsilon());
    }
  }

  private static void countBelow(AdamWSlot slot, AdamWStep step, Statistics into, int at) {
    int below = 0;
    int nonzero = 0;
    for (double v : of(slot.secondMoment())) {
      if (Math.sqrt(v / step.biasCorrection2()) < step.epsilon()) {
        below++;
        if (v > 0) {
          nonzero++;
        }
      }
    }
    HostStatistics.of(into)[at] = below;
    HostStatistics.of(into)[at + 1] = nonzero;
  }

  @Override
  public void updateSelectionBias(
      RoutingShape shape,
      Tensor bias,
      Statistics counts,
      RoutingLayout countsAt,
      long tokens,
      double mu) {
    ShapeChecks.bias(shape, bias);
    int k = shape.topK();
    double share = shape.ffnExpertsTarget() / k / shape.ffnExperts();
    for (int i = 0; i < shape.ffnExperts(); i++) {
      double load = HostStatistics.of(counts)[countsAt.load() + i];
      of(bias)[i] += mu * (share - load / ((double) k * tokens));
    }
  }
}
