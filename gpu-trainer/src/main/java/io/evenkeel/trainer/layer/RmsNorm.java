package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;

/** Root-mean-square norm with gains. */
public final class RmsNorm {
  private final TensorOps ops;
  private final Parameter gain;
  private final double epsilon;
  private final Tensor out;
  private final Tensor inverseRms;

  /** For inputs [tokens,d] with gain [d]. */
  public RmsNorm(TensorOps ops, Parameter gain, double epsilon, int tokens) {
    this.ops = ops;
    this.gain = gain;
    this.epsilon = epsilon;
    this.out = ops.memory().allocate(Shape.of(tokens, gain.value().shape().last()));
    this.inverseRms = ops.memory().allocate(Shape.of(tokens));
  }

  /** The normalised input [T,d], valid until the next forward pass. */
  public Tensor forward(Tensor x) {
    ops.dense().rmsNormForward(x, gain.value(), epsilon, out, inverseRms);
    return out;
  }

  /** Adds to dX; {@code x} is the input of the last forward pass. */
  public void backward(Tensor x, Tensor dOut, Tensor dX) {
    ops.dense().rmsNormBackward(x, gain.value(), inverseRms, dOut, dX, gain.gradient());
  }

  /** The output of the last forward pass [T,d]. */
  public Tensor out() {
    return out;
  }
}
