package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Tensor;

/** Dense building blocks. FORMULAS.md section 2. */
public interface DenseOps {
  /** {@code out = a + b}, all of one shape; {@code out} may be {@code a} or {@code b}. */
  void add(Tensor a, Tensor b, Tensor out);

  /** {@code out[t] = table[tokens[t]]}: table [V,d], tokens [T], out [T,d]. */
  void embeddingForward(Tensor table, IndexTensor tokens, Tensor out);

  /** {@code dTable[tokens[t]] += dOut[t]}: tokens [T], dOut [T,d], dTable [V,d]. */
  void embeddingBackward(IndexTensor tokens, Tensor dOut, Tensor dTable);

  /**
   * {@code out_i = x_i / sqrt(mean_j x_j^2 + epsilon) * gain_i}: x, out [T,d], gain [d]; inverseRms
   * [T] is kept for the backward pass.
   */
  void rmsNormForward(Tensor x, Tensor gain, double epsilon, Tensor out, Tensor inverseRms);

  /**
   * Backward of {@link #rmsNormForward}: dOut, dX [T,d], dGain [d]. {@code dX} must not be {@code
   * dOut}.
   */
  void rmsNormBackward(
      Tensor x, Tensor gain, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dGain);

  /** {@code y = x W^T}: x [T,in], weight [out,in], y [T,out]. */
  void linearForward(Tensor x, Tensor weight, Tensor y);

  /** {@code dX += dY W} and {@code dWeight += dY^T x}. */
  void linearBackward(Tensor x, Tensor weight, Tensor dY, Tensor dX, Tensor dWeight);

  /** {@code out = silu(gate) * up}, silu(z) = z / (1 + e^-z), all of one shape. */
  void siluMultiplyForward(Tensor gate, Tensor up, Tensor out);

  /** Backward of {@link #siluMultiplyForward}. */
  void siluMultiplyBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp);
}
