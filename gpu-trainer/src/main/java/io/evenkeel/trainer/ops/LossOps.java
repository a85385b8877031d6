package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/** Loss terms. FORMULAS.md section 3. Natural logarithms. */
public interface LossOps {
  /**
   * Writes {@code sum_t -ln softmax(logits_t)[target_t]} at {@code at}: logits [T,V], targets [T],
   * each in [0, V) or negative, which leaves the token out; {@code logSumExp} [T] is kept for the
   * backward pass.
   */
  void crossEntropyForward(
      Tensor logits, IndexTensor targets, Tensor logSumExp, Statistics into, int at);

  /**
   * <em>Overwrites</em> {@code dLogits = scale (softmax(logits) - onehot(target))} [T,V]; rows of
   * tokens left out are 0. {@code dLogits} must not be {@code logits}.
   */
  void crossEntropyBackward(
      Tensor logits, Tensor logSumExp, IndexTensor targets, double scale, Tensor dLogits);

  /**
   * Writes {@code sum_t lse_t^2}, lse_t = ln sum_i e^|x_ti|, at {@code at}: x [T,d], logSumExp [T].
   */
  void hiddenZForward(Tensor x, Tensor logSumExp, Statistics into, int at);

  /** {@code dX_ti += scale * 2 lse_t softmax(|x_t|)_i sign(x_ti)}, sign(0) = 0. */
  void hiddenZBackward(Tensor x, Tensor logSumExp, double scale, Tensor dX);
}
