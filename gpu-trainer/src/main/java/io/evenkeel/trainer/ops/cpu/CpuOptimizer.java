package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.AdamWStep;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

final class CpuOptimizer implements OptimizerOps {
  @Override
  public void adamW(
      Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamWStep step) {
    ShapeChecks.same("adamW", parameter, gradient, firstMoment, secondMoment);
    float[] w = CpuTensor.of(parameter);
    float[] gradients = CpuTensor.of(gradient);
    float[] m = CpuTensor.of(firstMoment);
    float[] v = CpuTensor.of(secondMoment);
    float clip = (float) step.clipCoefficient();
    float keep = (float) (1 - step.learningRate() * step.weightDecay());
    float beta1 = (float) step.beta1();
    float beta2 = (float) step.beta2();
    float fresh1 = (float) (1 - step.beta1());
    float fresh2 = (float) (1 - step.beta2());
    float rate = (float) (step.learningRate() / step.biasCorrection1());
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

  @Override
  public void belowEpsilon(
      Tensor secondMoment, double biasCorrection2, double epsilon, Statistics into, int at) {
    ShapeChecks.room(into, at, 2);
    float[] v = CpuTensor.of(secondMoment);
    // sqrt(v/c) < eps as v < c eps^2, rounded up to a float so that the comparison is exact.
    float bound = floatAtLeast(biasCorrection2 * epsilon * epsilon);
    int below = 0;
    int zero = 0;
    for (int i = 0; i < v.length; i++) {
      below += v[i] < bound ? 1 : 0;
      zero += v[i] == 0 ? 1 : 0;
    }
    HostStatistics.of(into)[at] = below;
    HostStatistics.of(into)[at + 1] = bound > 0 ? below - zero : 0;
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
