package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.ExpertBuffers;
import io.evenkeel.trainer.ops.ExpertWeights;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;

/** The FFN experts: tokens gathered by expert, one matrix product an expert and weight. */
final class CpuExperts {
  private final Gemm gemm;

  CpuExperts(Gemm gemm) {
    this.gemm = gemm;
  }

  void forward(RoutingPlan plan, Tensor x, ExpertWeights weights, ExpertBuffers buffers) {
    int d = x.shape().last();
    int f = buffers.hidden().shape().last();
    int[] offsets = HostIndexTensor.of(plan.offsets());
    int[] slotToken = HostIndexTensor.of(plan.slotToken());
    int experts = offsets.length - 1;
    int slots = offsets[experts];
    float[] in = CpuTensor.of(buffers.input());
    for (int slot = 0; slot < slots; slot++) {
      System.arraycopy(CpuTensor.of(x), slotToken[slot] * d, in, slot * d, d);
    }
    for (int i = 0; i < experts; i++) {
      int rows = offsets[i + 1] - offsets[i];
      if (rows > 0) {
        apply(in, offsets[i] * d, weights.gate(), i, rows, f, d, buffers.gate(), offsets[i] * f);
        apply(in, offsets[i] * d, weights.up(), i, rows, f, d, buffers.up(), offsets[i] * f);
      }
    }
    float[] hidden = CpuTensor.of(buffers.hidden());
    Silu.forward(CpuTensor.of(buffers.gate()), CpuTensor.of(buffers.up()), hidden, slots * f);
    for (int i = 0; i < experts; i++) {
      int rows = offsets[i + 1] - offsets[i];
      if (rows > 0) {
        apply(
            hidden,
            offsets[i] * f,
            weights.down(),
            i,
            rows,
            d,
            f,
            buffers.output(),
            offsets[i] * d);
      }
    }
  }

  /** {@code y = x W_i^T} for the rows of one expert. */
  private void apply(
      float[] x, int xAt, Tensor weight, int expert, int rows, int out, int in, Tensor y, int yAt) {
    gemm.multiply(
        Transpose.NO,
        Transpose.YES,
        rows,
        out,
        in,
        1,
        x,
        xAt,
        in,
        CpuTensor.of(weight),
        expert * out * in,
        in,
        0,
        CpuTensor.of(y),
        yAt,
        out);
  }

  void backward(
      RoutingPlan plan,
      ExpertWeights weights,
      ExpertBuffers buffers,
      ExpertBuffers gradients,
      ExpertWeights dWeights,
      Tensor dX) {
    int d = dX.shape().last();
    int f = buffers.hidden().shape().last();
    int[] offsets = HostIndexTensor.of(plan.offsets());
    int[] slotToken = HostIndexTensor.of(plan.slotToken());
    int experts = offsets.length - 1;
    int slots = offsets[experts];
    float[] dHidden = CpuTensor.of(gradients.hidden());
    float[] dGate = CpuTensor.of(gradients.gate());
    float[] dUp = CpuTensor.of(gradients.up());
    float[] dInput = CpuTensor.of(gradients.input());
    for (int i = 0; i < experts; i++) {
      int rows = offsets[i + 1] - offsets[i];
      if (rows > 0) {
        back(gradients.output(), offsets[i], weights.down(), i, rows, d, f, dHidden, 0);
        weigh(gradients.output(), buffers.hidden(), offsets[i], i, rows, d, f, dWeights.down());
      }
    }
    Arrays.fill(dGate, 0, slots * f, 0);
    Arrays.fill(dUp, 0, slots * f, 0);
    Silu.backward(
        CpuTensor.of(buffers.gate()), CpuTensor.of(buffers.up()), dHidden, dGate, dUp, slots * f);
    for (int i = 0; i < experts; i++) {
      int rows = offsets[i + 1] - offsets[i];
      if (rows > 0) {
        back(gradients.gate(), offsets[i], weights.gate(), i, rows, f, d, dInput, 0);
        back(gradients.up(), offsets[i], weights.up(), i, rows, f, d, dInput, 1);
        weigh(gradients.gate(), buffers.input(), offsets[i], i, rows, f, d, dWeights.gate());
        weigh(gradients.up(), buffers.input(), offsets[i], i, rows, f, d, dWeights.up());
      }
    }
    float[] target = CpuTensor.of(dX);
    for (int slot = 0; slot < slots; slot++) {
      Rows.add(dInput, slot * d, target, slotToken[slot] * d, d);
    }
  }

  /** {@code dx = dy W_i + beta dx} for the rows of one expert. */
  private void back(
      Tensor dY,
      int slot,
      Tensor weight,
      int expert,
      int rows,
      int out,
      int in,
      float[] dX,
      float beta) {
    gemm.multiply(
        Transpose.NO,
        Transpose.NO,
        rows,
        in,
        out,
        1,
        CpuTensor.of(dY),
        slot * out,
        out,
        CpuTensor.of(weight),
        expert * out * in,
        in,
        beta,
        dX,
        slot * in,
        in);
  }

  /** {@code dW_i += dy^T x} for the rows of one expert. */
  private void weigh(
      Tensor dY, Tensor x, int slot, int expert, int rows, int out, int in, Tensor dWeight) {
    gemm.multiply(
        Transpose.YES,
        Transpose.NO,
        out,
        in,
        rows,
        1,
        CpuTensor.of(dY),
        slot * out,
        out,
        CpuTensor.of(x),
        slot * in,
        in,
        1,
        CpuTensor.of(dWeight),
        expert * out * in,
        in);
  }
}
