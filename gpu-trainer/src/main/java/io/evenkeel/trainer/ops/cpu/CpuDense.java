package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.DenseOps;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Tensor;

final class CpuDense implements DenseOps {
  private final Gemm gemm;

  CpuDense(Gemm gemm) {
    this.gemm = gemm;
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    ShapeChecks.same("add", a, b, out);
    float[] left = CpuTensor.of(a);
    float[] right = CpuTensor.of(b);
    float[] sum = CpuTensor.of(out);
    for (int i = 0; i < sum.length; i++) {
      sum[i] = left[i] + right[i];
    }
  }

  @Override
  public void embeddingForward(Tensor table, IndexTensor tokens, Tensor out) {
    ShapeChecks.embedding(table, tokens, out);
    int d = table.shape().last();
    int[] token = HostIndexTensor.of(tokens);
    float[] rows = CpuTensor.of(table);
    float[] target = CpuTensor.of(out);
    for (int t = 0; t < token.length; t++) {
      System.arraycopy(rows, token[t] * d, target, t * d, d);
    }
  }

  @Override
  public void embeddingBackward(IndexTensor tokens, Tensor dOut, Tensor dTable) {
    ShapeChecks.embedding(dTable, tokens, dOut);
    int d = dTable.shape().last();
    int[] token = HostIndexTensor.of(tokens);
    float[] from = CpuTensor.of(dOut);
    float[] rows = CpuTensor.of(dTable);
    for (int t = 0; t < token.length; t++) {
      Rows.add(from, t * d, rows, token[t] * d, d);
    }
  }

  @Override
  public void rmsNormForward(Tensor x, Tensor gain, double epsilon, Tensor out, Tensor inverseRms) {
    ShapeChecks.rmsNorm(x, gain, out, inverseRms);
    int d = x.shape().last();
    float[] in = CpuTensor.of(x);
    float[] gains = CpuTensor.of(gain);
    float[] result = CpuTensor.of(out);
    float[] inverses = CpuTensor.of(inverseRms);
    for (int t = 0; t < inverses.length; t++) {
      double squares = Rows.dot(in, t * d, in, t * d, d);
      float inverse = (float) (1 / Math.sqrt(squares / d + epsilon));
      inverses[t] = inverse;
      for (int i = 0; i < d; i++) {
        result[t * d + i] = in[t * d + i] * inverse * gains[i];
      }
    }
  }

  @Override
  public void rmsNormBackward(
      Tensor x, Tensor gain, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dGain) {
    ShapeChecks.rmsNorm(x, gain, dOut, inverseRms);
    ShapeChecks.same("rmsNormBackward", x, dX);
    ShapeChecks.same("rmsNormBackward", gain, dGain);
    int d = x.shape().last();
    float[] in = CpuTensor.of(x);
    float[] gains = CpuTensor.of(gain);
    float[] inverses = CpuTensor.of(inverseRms);
    float[] g = CpuTensor.of(dOut);
    float[] target = CpuTensor.of(dX);
    float[] dGains = CpuTensor.of(dGain);
    for (int t = 0; t < inverses.length; t++) {
      int row = t * d;
      float inverse = inverses[t];
      double dot = 0;
      for (int i = 0; i < d; i++) {
        dot += (double) (g[row + i] * gains[i]) * in[row + i];
      }
      float along = (float) (dot * inverse * inverse * inverse / d);
      for (int i = 0; i < d; i++) {
        dGains[i] += g[row + i] * in[row + i] * inverse;
        target[row + i] += inverse * g[row + i] * gains[i] - along * in[row + i];
      }
    }
  }

  @Override
  public void linearForward(Tensor x, Tensor weight, Tensor y) {
    ShapeChecks.linear(x, weight, y);
    int in = weight.shape().last();
    int out = weight.shape().extent(0);
    gemm.multiply(
        Transpose.NO,
        Transpose.YES,
        x.shape().rows(),
        out,
        in,
        1,
        CpuTensor.of(x),
        0,
        in,
        CpuTensor.of(weight),
        0,
        in,
        0,
        CpuTensor.of(y),
        0,
        out);
  }

  @Override
  public void linearBackward(Tensor x, Tensor weight, Tensor dY, Tensor dX, Tensor dWeight) {
    ShapeChecks.linear(x, weight, dY);
    ShapeChecks.linear(dX, dWeight, dY);
    int in = weight.shape().last();
    int out = weight.shape().extent(0);
    int rows = x.shape().rows();
    float[] g = CpuTensor.of(dY);
    gemm.multiply(
        Transpose.NO,
        Transpose.NO,
        rows,
        in,
        out,
        1,
        g,
        0,
        out,
        CpuTensor.of(weight),
        0,
        in,
        1,
        CpuTensor.of(dX),
        0,
        in);
    gemm.multiply(
        Transpose.YES,
        Transpose.NO,
        out,
        in,
        rows,
        1,
        g,
        0,
        out,
        CpuTensor.of(x),
        0,
        in,
        1,
        CpuTensor.of(dWeight),
        0,
        in);
  }

  @Override
  public void siluMultiplyForward(Tensor gate, Tensor up, Tensor out) {
    ShapeChecks.same("siluMultiply", gate, up, out);
    float[] result = CpuTensor.of(out);
    Silu.forward(CpuTensor.of(gate), CpuTensor.of(up), result, result.length);
  }

  @Override
  public void siluMultiplyBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
    ShapeChecks.same("siluMultiply", gate, up, dOut, dGate, dUp);
    float[] z = CpuTensor.of(gate);
    Silu.backward(
        z, CpuTensor.of(up), CpuTensor.of(dOut), CpuTensor.of(dGate), CpuTensor.of(dUp), z.length);
  }
}
