package io.evenkeel.trainer.ops.reference;

import static io.evenkeel.trainer.ops.reference.ReferenceTensor.of;

import io.evenkeel.trainer.ops.AttentionOps;
import io.evenkeel.trainer.ops.AttentionShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;

final class ReferenceAttention implements AttentionOps {
  @Override
  public void ropeForward(Tensor x, Tensor cosines, Tensor sines) {
    rotate(x, cosines, sines, 1);
  }

  @Override
  public void ropeBackward(Tensor dX, Tensor cosines, Tensor sines) {
    rotate(dX, cosines, sines, -1);
  }

  private static void rotate(Tensor x, Tensor cosines, Tensor sines, int direction) {
    ShapeChecks.rope(x, cosines, sines);
    int d = x.shape().last();
    int length = cosines.shape().extent(0);
    int half = cosines.shape().last();
    double[] data = of(x);
    for (int t = 0; t < x.shape().rows(); t++) {
      for (int pair = 0; pair < d / 2; pair++) {
        int angle = (t % length) * half + pair % half;
        double cos = of(cosines)[angle];
        double sin = direction * of(sines)[angle];
        int at = t * d + 2 * pair;
        double u = data[at];
        double v = data[at + 1];
        data[at] = u * cos - v * sin;
        data[at + 1] = u * sin + v * cos;
      }
    }
  }

  @Override
  public Shape savedShape(AttentionShape shape) {
    return Shape.of(shape.sequences(), shape.heads(), shape.length(), shape.length());
  }

  @Override
  public Shape scratchShape(AttentionShape shape) {
    return Shape.of(shape.length());
  }

  @Override
  public void attentionForward(
      AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor saved, Tensor out) {
    ShapeChecks.attention(shape, q, k, v, out);
    ShapeChecks.attentionBuffer(savedShape(shape), saved);
    int length = shape.length();
    int d = shape.width();
    int dh = shape.headWidth();
    double[] p = of(saved);
    for (int b = 0; b < shape.sequences(); b++) {
      for (int h = 0; h < shape.heads(); h++) {
        for (int s = 0; s < length; s++) {
          int row = ((b * shape.heads() + h) * length + s) * length;
          int query = (b * length + s) * d + h * dh;
          double max = Double.NEGATIVE_INFINITY;
          for (int t = 0; t < length; t++) {
            double score = 0;
            int key = (b * length + t) * d + h * dh;
            for (int i = 0; i < dh; i++) {
              score += of(q)[query + i] * of(k)[key + i];
            }
            p[row + t] = score / Math.sqrt(dh);
            if (t <= s) {
              max = Math.max(max, p[row + t]);
            }
          }
          double sum = 0;
          for (int t = 0; t < length; t++) {
            p[row + t] = t <= s ? Math.exp(p[row + t] - max) : 0;
            sum += p[row + t];
          }
          for (int i = 0; i < dh; i++) {
            of(out)[query + i] = 0;
          }
          for (int t = 0; t <= s; t++) {
            p[row + t] /= sum;
            for (int i = 0; i < dh; i++) {
              of(out)[query + i] += p[row + t] * of(v)[(b * length + t) * d + h * dh + i];
            }
          }
        }
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
    int length = shape.length();
    int d = shape.width();
    int dh = shape.headWidth();
    double[] p = of(saved);
    double[] dP = of(scratch);
    for (int b = 0; b < shape.sequences(); b++) {
      for (int h = 0; h < shape.heads(); h++) {
        for (int s = 0; s < length; s++) {
          int row = ((b * shape.heads() + h) * length + s) * length;
          int query = (b * length + s) * d + h * dh;
          double dot = 0;
          for (int t = 0; t <= s; t++) {
            int key = (b * length + t) * d + h * dh;
            dP[t] = 0;
            for (int i = 0; i < dh; i++) {
              dP[t] += of(dOut)[query + i] * of(v)[key + i];
              of(dV)[key + i] += p[row + t] * of(dOut)[query + i];
            }
            dot += p[row + t] * dP[t];
          }
          for (int t = 0; t <= s; t++) {
            int key = (b * length + t) * d + h * dh;
            double dScore = p[row + t] * (dP[t] - dot) / Math.sqrt(dh);
            for (int i = 0; i < dh; i++) {
              of(dQ)[query + i] += dScore * of(k)[key + i];
              of(dK)[key + i] += dScore * of(q)[query + i];
            }
          }
        }
      }
    }
  }
}
