package io.evenkeel.trainer.ops.reference;

import static io.evenkeel.trainer.ops.reference.ReferenceTensor.of;

import io.evenkeel.trainer.ops.LossOps;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

final class ReferenceLosses implements LossOps {
  @Override
  public void crossEntropyForward(
      Tensor logits, IndexTensor targets, Tensor logSumExp, Statistics into, int at) {
    ShapeChecks.crossEntropy(logits, targets, logSumExp);
    ShapeChecks.room(into, at, 1);
    int v = logits.shape().last();
    double[] z = of(logits);
    double loss = 0;
    for (int t = 0; t < logits.shape().rows(); t++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < v; i++) {
        max = Math.max(max, z[t * v + i]);
      }
      double sum = 0;
      for (int i = 0; i < v; i++) {
        sum += Math.exp(z[t * v + i] - max);
      }
      of(logSumExp)[t] = max + Math.log(sum);
      int target = HostIndexTensor.of(targets)[t];
      if (target >= 0) {
        loss += of(logSumExp)[t] - z[t * v + target];
      }
    }
    HostStatistics.of(into)[at] = loss;
  }

  @Override
  public void crossEntropyBackward(
      Tensor logits, Tensor logSumExp, IndexTensor targets, double scale, Tensor dLogits) {
    ShapeChecks.crossEntropy(logits, targets, logSumExp);
    ShapeChecks.same("crossEntropyBackward", logits, dLogits);
    int v = logits.shape().last();
    for (int t = 0; t < logits.shape().rows(); t++) {
      int target = HostIndexTensor.of(targets)[t];
      for (int i = 0; i < v; i++) {
        double probability = Math.exp(of(logits)[t * v + i] - of(logSumExp)[t]);
        double hot = target == i ? 1 : 0;
        of(dLogits)[t * v + i] = target < 0 ? 0 : scale * (probability - hot);
      }
    }
  }

  @Override
  public void hiddenZForward(Tensor x, Tensor logSumExp, Statistics into, int at) {
    ShapeChecks.hiddenZ(x, logSumExp);
    ShapeChecks.room(into, at, 1);
    int d = x.shape().last();
    double total = 0;
    for (int t = 0; t < x.shape().rows(); t++) {
      double max = 0;
      for (int i = 0; i < d; i++) {
        max = Math.max(max, Math.abs(of(x)[t * d + i]));
      }
      double sum = 0;
      for (int i = 0; i < d; i++) {
        sum += Math.exp(Math.abs(of(x)[t * d + i]) - max);
      }
      double lse = max + Math.log(sum);
      of(logSumExp)[t] = lse;
      total += lse * lse;
    }
    HostStatistics.of(into)[at] = total;
  }

  @Override
  public void hiddenZBackward(Tensor x, Tensor logSumExp, double scale, Tensor dX) {
    ShapeChecks.hiddenZ(x, logSumExp);
    ShapeChecks.same("hiddenZBackward", x, dX);
    int d = x.shape().last();
    for (int t = 0; t < x.shape().rows(); t++) {
      double lse = of(logSumExp)[t];
      for (int i = 0; i < d; i++) {
        double value = of(x)[t * d + i];
        of(dX)[t * d + i] += scale * 2 * lse * Math.exp(Math.abs(value) - lse) * Math.signum(value);
      }
    }
  }
}
