package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.AttentionOps;
import io.evenkeel.trainer.ops.AttentionShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;

final class CpuAttention implements AttentionOps {
  private final Gemm gemm;

  CpuAttention(Gemm gemm) {
    this.gemm = gemm;
  }

  @Override
  public void ropeForward(Tensor x, Tensor cosines, Tensor sines) {
    rotate(x, cosines, sines, 1);
  }

  @Override
  public void ropeBackward(Tensor dX, Tensor cosines, Tensor sines) {
    rotate(dX, cosines, sines, -1);
  }

  private static void rotate(Tensor x, Tensor cosines, Tensor sines, float direction) {
    ShapeChecks.rope(x, cosines, sines);
    int d = x.shape().last();
    int length = cosines.shape().extent(0);
    int half = cosines.shape().last();
    float[] data = CpuTensor.of(x);
    float[] cos = CpuTensor.of(cosines);
    float[] sin = CpuTensor.of(sines);
    int rows = x.shape().rows();
    for (int t = 0; t < rows; t++) {
      int angles = t % length * half;
      for (int head = t * d; head < (t + 1) * d; head += 2 * half) {
        for (int j = 0; j < half; j++) {
          float c = cos[angles + j];
          float s = direction * sin[angles + j];
          float u = data[head + 2 * j];
          float v = data[head + 2 * j + 1];
          data[head + 2 * j] = u * c - v * s;
          data[head + 2 * j + 1] = u * s + v * c;
        }
      }
    }
  }

  @Override
  public Shape savedShape(AttentionShape shape) {
    return Shape.of(shape.sequences(), shape.heads(), shape.length(), shape.length());
  }

  @Override
  public Shape scratchShape(AttentionShape shape) {
    return Shape.of(shape.length(), shape.length());
  }

  @Override
  public void attentionForward(
      AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor saved, Tensor out) {
    ShapeChecks.attention(shape, q, k, v, out);
    ShapeChecks.attentionBuffer(savedShape(shape), saved);
    int heads = shape.heads();
    int s = shape.length();
    int d = shape.width();
    int dh = shape.headWidth();
    float scale = (float) (1 / Math.sqrt(dh));
    float[] p = CpuTensor.of(saved);
    for (int b = 0; b < shape.sequences(); b++) {
      for (int h = 0; h < heads; h++) {
        int at = b * s * d + h * dh;
        int scores = (b * heads + h) * s * s;
        gemm.multiply(
            Transpose.NO,
            Transpose.YES,
            s,
            s,
            dh,
            scale,
            CpuTensor.of(q),
            at,
            d,
            CpuTensor.of(k),
            at,
            d,
            0,
            p,
            scores,
            s);
        for (int row = 0; row < s; row++) {
          int start = scores + row * s;
          Rows.softmax(p, start, p, start, row + 1);
          Arrays.fill(p, start + row + 1, start + s, 0);
        }
        gemm.multiply(
            Transpose.NO,
            Transpose.NO,
            s,
            dh,
            s,
            1,
            p,
            scores,
            s,
            CpuTensor.of(v),
            at,
            d,
            0,
            CpuTensor.of(out),
            at,
            d);
      }
    }
  }

  @Override
  public void attentionBackward(
      AttentionShape shape,
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor out,
      Tensor saved,
      Tensor dOut,
      Tensor dQ,
      Tensor dK,
      Tensor dV,
      Tensor scratch) {
    ShapeChecks.attention(shape, q, k, v, dOut);
    ShapeChecks.attention(shape, dQ, dK, dV, out);
    ShapeChecks.attentionBuffer(savedShape(shape), saved);
    ShapeChecks.attentionBuffer(scratchShape(shape), scratch);
    int heads = shape.heads();
    int s = shape.length();
    int d = shape.width();
    int dh = shape.headWidth();
    float scale = (float) (1 / Math.sqrt(dh));
    float[] p = CpuTensor.of(saved);
    float[] g = CpuTensor.of(dOut);
    float[] dScores = CpuTensor.of(scratch);
    for (int b = 0; b < shape.sequences(); b++) {
      for (int h = 0; h < heads; h++) {
        int at = b * s * d + h * dh;
        int scores = (b * heads + h) * s * s;
        gemm.multiply(
            Transpose.NO,
            Transpose.YES,
            s,
            s,
            dh,
            1,
            g,
            at,
            d,
            CpuTensor.of(v),
            at,
            d,
            0,
            dScores,
            0,
            s);
        gemm.multiply(
            Transpose.YES,
            Transpose.NO,
            s,
            dh,
            s,
            1,
            p,
            scores,
            s,
            g,
            at,
            d,
            1,
            CpuTensor.of(dV),
            at,
            d);
        softmaxBackward(p, scores, dScores, s, scale);
        gemm.multiply(
            Transpose.NO,
            Transpose.NO,
            s,
            dh,
            s,
            1,
            dScores,
            0,
            s,
            CpuTensor.of(k),
            at,
            d,
            1,
            CpuTensor.of(dQ),
            at,
            d);
        gemm.multiply(
            Transpose.YES,
            Transpose.NO,
            s,
            dh,
            s,
            1,
            dScores,
            0,
            s,
            CpuTensor.of(q),
            at,
            d,
            1,
            CpuTensor.of(dK),
            at,
            d);
      }
    }
  }

  /** Turns dL/dP into the gradient of the unscaled scores, row by row, in place. */
  private static void softmaxBackward(float[] p, int at, float[] gradient, int s, float scale) {
    for (int row = 0; row < s; row++) {
      int from = row * s;
      float dot = (float) Rows.dot(p, at + from, gradient, from, row + 1);
      for (int t = 0; t <= row; t++) {
        gradient[from + t] = p[at + from + t] * (gradient[from + t] - dot) * scale;
      }
      Arrays.fill(gradient, from + row + 1, from + s, 0);
    }
  }
}
