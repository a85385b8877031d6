package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;

/** Rotary positions and causal softmax attention. FORMULAS.md section 2. */
public interface AttentionOps {
  /**
   * Rotates the interleaved pairs (2j, 2j+1) of every head in place: x [B*S, d], cosines and sines
   * [S, dh/2]; row b*S+s has position s.
   */
  void ropeForward(Tensor x, Tensor cosines, Tensor sines);

  /** The inverse rotation, in place, which is the backward pass: overwrites dX. */
  void ropeBackward(Tensor dX, Tensor cosines, Tensor sines);

  /**
   * What {@link #attentionForward} keeps for the backward pass: [B,H,S,S] where the backend keeps
   * probabilities, [B,H,S] where it keeps only their log-sum-exp.
   */
  Shape savedShape(AttentionShape shape);

  /** Scratch that {@link #attentionBackward} overwrites. */
  Shape scratchShape(AttentionShape shape);

  /**
   * {@code out = softmax(q k^T / sqrt(dh)) v}, causal, per sequence and head: q, k, v, out [B*S,
   * d]; saved of {@link #savedShape}.
   */
  void attentionForward(
      AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor saved, Tensor out);

  /**
   * Backward of {@link #attentionForward}: adds to dQ, dK, dV [B*S, d]; out and saved as the
   * forward pass left them; scratch of {@link #scratchShape}.
   */
  void attentionBackward(
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
      Tensor scratch);
}
