package io.evenkeel.trainer.ops;

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
   * {@code out = softmax(q k^T / sqrt(dh)) v}, causal, per sequence and head: q, k, v, out [B*S,
   * d], probabilities [B,H,S,S] (kept for the backward pass, zero above the diagonal).
   */
  void attentionForward(Tensor q, Tensor k, Tensor v, Tensor probabilities, Tensor out);

  /**
   * Backward of {@link #attentionForward}: dOut, dQ, dK, dV [B*S, d]; dScores [S,S] is scratch and
   * is overwritten.
   */
  void attentionBackward(
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor probabilities,
      Tensor dOut,
      Tensor dQ,
      Tensor dK,
      Tensor dV,
      Tensor dScores);
}
