package io.evenkeel.trainer.ops.reference;

import static io.evenkeel.trainer.ops.reference.ReferenceTensor.of;

import io.evenkeel.trainer.ops.DenseOps;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Tensor;

final class ReferenceDense implements DenseOps {
  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    ShapeChecks.same("add", a, b, out);
    double[] sum = of(out);
    for (int i = 0; i < sum.length; i++) {
      sum[i] = of(a)[i] + of(b)[i];
    }
  }

  @Override
  public void embeddingForward(Tensor table, IndexTensor tokens, Tensor out) {
    ShapeChecks.embedding(table, tokens, out);
    int d = table.shape().last();
    int[] token = HostIndexTensor.of(tokens);
    for (int t = 0; t < token.length; t++) {
      System.arraycopy(of(table), token[t] * d, of(out), t * d, d);
    }
  }

  @Override
  public void embeddingBackward(IndexTensor tokens, Tensor dOut, Tensor dTable) {
    ShapeChecks.embedding(dTable, tokens, dOut);
    int d = dTable.shape().last();
    int[] token = HostIndexTensor.of(tokens);
    for (int t = 0; t < token.length; t++) {
      for (int i = 0; i < d; i++) {
        of(dTable)[token[t] * d + i] += of(dOut)[t * d + i];
      }
    }
  }

  @Override
  public void rmsNormForward(Tensor x, Tensor gain, double epsilon, Tensor out, Tensor inverseRms) {
    ShapeChecks.rmsNorm(x, gain, out, inverseRms);
    int d = x.shape().last();
    double[] in = of(x);
    for (int t = 0; t < x.shape().rows(); t++) {
      double squares = 0;
      for (int i = 0; i < d; i++) {
        squares += in[t * d + i] * in[t * d + i];
      }
      double inverse = 1 / Math.sqrt(squares / d + epsilon);
      of(inverseRms)[t] = inverse;
      for (int i = 0; i < d; i++) {
        of(out)[t * d + i] = in[t * d + i] * inverse * of(gain)[i];
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
    double[] in = of(x);
    double[] g = of(dOut);
    for (int t = 0; t < x.shape().rows(); t++) {
      double inverse = of(inverseRms)[t];
      double dot = 0;
      for (int i = 0; i < d; i++) {
        dot += g[t * d + i] * of(gain)[i] * in[t * d + i];
      }
      for (int i = 0; i < d; i++) {
        int at = t * d + i;
        of(dGain)[i] += g[at] * in[at] * inverse;
        of(dX)[at] +=
            inverse * g[at] * of(gain)[i] - inverse * inverse * inverse / d * dot * in[at];
      }
    }
  }

  @Override
  public void linearForward(Tensor x, Tensor weight, Tensor y) {
    ShapeChecks.linear(x, weight, y);
    int in = weight.shape().last();
    int out = weight.shape().extent(0);
    for (int t = 0; t < x.shape().rows(); t++) {
      for (int o = 0; o < out; o++) {
        double sum = 0;
        for (int i = 0; i < in; i++) {
          sum += of(x)[t * in + i] * of(weight)[o * in + i];
        }
        of(y)[t * out + o] = sum;
      }
    }
  }

  @Override
  public void linearBackward(Tensor x, Tensor weight, Tensor dY, Tensor dX, Tensor dWeight) {
    ShapeChecks.linear(x, weight, dY);
    ShapeChecks.linear(dX, dWeight, dY);
    int in = weight.shape().last();
    int out = weight.shape().extent(0);
    for (int t = 0; t < x.shape().rows(); t++) {
      for (int o = 0; o < out; o++) {
        double g = of(dY)[t * out + o];
        for (int i = 0; i < in; i++) {
          of(dX)[t * in + i] += g * of(weight)[o * in + i];
          of(dWeight)[o * in + i] += g * of(x)[t * in + i];
        }
      }
    }
  }

  @Override
  public void siluMultiplyForward(Tensor gate, Tensor up, Tensor out) {
    ShapeChecks.same("siluMultiply", gate, up, out);
    double[] result = of(out);
    for (int i = 0; i < result.length; i++) {
      double z = of(gate)[i];
      result[i] = z / (1 + Math.exp(-z)) * of(up)[i];
    }
  }

  @Override
  public void siluMultiplyBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
    ShapeChecks.same("siluMultiply", gate, up, dOut, dGate, dUp);
    for (int i = 0; i < of(gate).length; i++) {
      double z = of(gate)[i];
      double sigmoid = 1 / (1 + Math.exp(-z));
      double g = of(dOut)[i];
      of(dUp)[i] += g * z * sigmoid;
      of(dGate)[i] += g * of(up)[i] * sigmoid * (1 + z * (1 - sigmoid));
    }
  }
}
