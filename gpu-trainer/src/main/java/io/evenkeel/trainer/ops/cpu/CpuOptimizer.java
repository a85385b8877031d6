package io.evenkeel.trainer.ops.cpu;

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

final class CpuOptimizer implements OptimizerOps {
  private final CpuStatistics statistics = new CpuStatistics();

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
    float clip = (float) step.clipCoefficient(sum);
    for (int index = 0; index < count; index++) {
      AdamWSlot slot = plan.slots().get(index);
      update(slot, step, clip);
      countBelow(slot, step, HostStatistics.of(below), belowAt + index * BELOW_ENTRIES);
    }
  }

  private static void update(AdamWSlot slot, AdamWStep step, float clip) {
    float[] w = CpuTensor.of(slot.parameter());
    float[] gradients = CpuTensor.of(slot.gradient());
    float[] m = CpuTensor.of(slot.firstMoment());
    float[] v = CpuTensor.of(slot.secondMoment());
    double learningRate = step.learningRate() * slot.learningRateFactor();
    double decay = slot.decay() == AdamWSlot.Decay.DECAYED ? step.weightDecay() : 0;
    float keep = (float) (1 - learningRate * decay);
    float beta1 = (float) step.beta1();
    float beta2 = (float) step.beta2();
    float fresh1 = (float) (1 - step.beta1());
    float fresh2 = (float) (1 - step.beta2());
    float rate = (float) (learningRate / step.biasCorrection1());
    float inverse2 = (float) (1 / step.biasCorrection2());
    float epsilon = (float) step.epsilon();
    for (int i = 0; i < w.length; i++) {
      float g = clip * gradients[i];
      float first = beta1 * m[i] + fresh1 * g;
      float second = beta2 * v[i] + fresh2 * (g * g);
      m[i] = first;
      v[i] = second;
      w[i] = keep * w[i] - rate * first / ((float) Math.sqrt(second * inverse2) + epsilon);
    }
  }

  private static void countBelow(AdamWSlot slot, AdamWStep step, double[] into, int at) {
    float[] v = CpuTensor.of(slot.secondMoment());
    // sqrt(v/c) < eps as v < c eps^2, rounded up to a float so that the comparison is exact.
    float bound = floatAtLeast(step.biasCorrection2() * step.epsilon() * step.epsilon());
    int below = 0;
    int zero = 0;
    for (int i = 0; i < v.length; i++) {
      below += v[i] < bound ? 1 : 0;
      zero += v[i] == 0 ? 1 : 0;
    }
    into[at] = below;
    into[at + 1] = bound > 0 ? below - zero : 0;
  }

  /** The least float that is not below the value: for a float x, x < value iff x < that. */
  private static float floatAtLeast(double value) {
    float nearest = (float) value;
    return nearest < value ? Math.nextUp(nearest) : nearest;
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
    float[] b = CpuTensor.of(bias);
    int k = shape.topK();
    double share = shape.ffnExpertsTarget() / k / shape.ffnExperts();
    for (int i = 0; i < shape.ffnExperts(); i++) {
      double load = HostStatistics.of(counts)[countsAt.load() + i];
      b[i] += (float) (mu * (share - load / ((double) k * tokens)));
    }
  }
}
