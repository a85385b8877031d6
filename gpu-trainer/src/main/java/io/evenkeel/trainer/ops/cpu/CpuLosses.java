package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.LossOps;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;

final class CpuLosses implements LossOps {
  @Override
  public void crossEntropyForward(
      Tensor logits, IndexTensor targets, Tensor logSumExp, Statistics into, int at) {
    ShapeChecks.crossEntropy(logits, targets, logSumExp);
    ShapeChecks.room(into, at, 1);
    int v = logits.shape().last();
    float[] z = CpuTensor.of(logits);
    float[] lse = CpuTensor.of(logSumExp);
    int[] target = HostIndexTensor.of(targets);
    double loss = 0;
    for (int t = 0; t < target.length; t++) {
      double row = Rows.logSumExp(z, t * v, v);
      lse[t] = (float) row;
      if (target[t] >= 0) {
        loss += row - z[t * v + target[t]];
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
    float[] z = CpuTensor.of(logits);
    float[] lse = CpuTensor.of(logSumExp);
    float[] g = CpuTensor.of(dLogits);
    int[] target = HostIndexTensor.of(targets);
    float factor = (float) scale;
    for (int t = 0; t < target.length; t++) {
      int row = t * v;
      if (target[t] < 0) {
        Arrays.fill(g, row, row + v, 0);
        continue;
      }
      for (int i = row; i < row + v; i++) {
        g[i] = factor * (float) Math.exp(z[i] - lse[t]);
      }
      g[row + target[t]] -= factor;
    }
  }

  @Override
  public void hiddenZForward(Tensor x, Tensor logSumExp, Statistics into, int at) {
    ShapeChecks.hiddenZ(x, logSumExp);
    ShapeChecks.room(into, at, 1);
    int d = x.shape().last();
    float[] in = CpuTensor.of(x);
    float[] lse = CpuTensor.of(logSumExp);
    double total = 0;
    for (int t = 0; t < lse.length; t++) {
      float max = 0;
      for (int i = 0; i < d; i++) {
        max = Math.max(max, Math.abs(in[t * d + i]));
      }
      double sum = 0;
      for (int i = 0; i < d; i++) {
        sum += Math.exp(Math.abs(in[t * d + i]) - max);
      }
      double row = max + Math.log(sum);
      lse[t] = (float) row;
      total += row * row;
    }
    HostStatistics.of(into)[at] = total;
  }

  @Override
  public void hiddenZBackward(Tensor x, Tensor logSumExp, double scale, Tensor dX) {
    ShapeChecks.hiddenZ(x, logSumExp);
    ShapeChecks.same("hiddenZBackward", x, dX);
    int d = x.shape().last();
    float[] in = CpuTensor.of(x);
    float[] lse = CpuTensor.of(logSumExp);
    float[] g = CpuTensor.of(dX);
    for (int t = 0; t < lse.length; t++) {
      double factor = 2 * scale * lse[t];
      for (int i = 0; i < d; i++) {
        float value = in[t * d + i];
        g[t * d + i] += (float) (factor * Math.exp(Math.abs(value) - lse[t])) * Math.signum(value);
      }
    }
  }
}
