package io.evenkeel.trainer.ops.reference;

import static io.evenkeel.trainer.ops.reference.ReferenceTensor.of;

import io.evenkeel.trainer.ops.AdamWStep;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

final class ReferenceOptimizer implements OptimizerOps {
  @Override
  public void adamW(
      Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamWStep step) {
    ShapeChecks.same("adamW", parameter, gradient, firstMoment, secondMoment);
    double[] w = of(parameter);
    double[] m = of(firstMoment);
    double[] v = of(secondMoment);
    for (int i = 0; i < w.length; i++) {
      double g = step.clipCoefficient() * of(gradient)[i];
      w[i] *= 1 - step.learningRate() * step.weightDecay();
      m[i] = step.beta1() * m[i] + (1 - step.beta1()) * g;
      v[i] = step.beta2() * v[i] + (1 - step.beta2()) * g * g;
      w[i] -=
          step.learningRate()
              / step.biasCorrection1()
              * m[i]
              / (Math.sqrt(v[i] / step.biasCorrection2()) + step.epsilon());
    }
  }

  @Override
  public void belowEpsilon(
      Tensor secondMoment, double biasCorrection2, double epsilon, Statistics into, int at) {
    ShapeChecks.room(into, at, 2);
    int below = 0;
    int nonzero = 0;
    for (double v : of(secondMoment)) {
      if (Math.sqrt(v / biasCorrection2) < epsilon) {
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
