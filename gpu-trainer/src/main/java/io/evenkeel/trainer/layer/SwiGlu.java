package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.function.Function;

/** Dense feed-forward block: {@code Wd (silu(Wg x) * (Wu x))}. */
final class SwiGlu {
  private final TensorOps ops;
  private final Workspace scratch;
  private final Parameter gateWeight;
  private final Parameter upWeight;
  private final Parameter downWeight;
  private final Tensor gate;
  private final Tensor up;
  private final Tensor hidden;
  private final Tensor out;

  SwiGlu(
      TensorOps ops, LayerShape shape, Workspace scratch, Function<String, Parameter> parameters) {
    this.ops = ops;
    this.scratch = scratch;
    gateWeight = parameters.apply("w_gate");
    upWeight = parameters.apply("w_up");
    downWeight = parameters.apply("w_down");
    Shape inner = Shape.of(shape.tokens(), shape.denseHidden());
    gate = ops.memory().allocate(inner);
    up = ops.memory().allocate(inner);
    hidden = ops.memory().allocate(inner);
    out = ops.memory().allocate(Shape.of(shape.tokens(), shape.width()));
  }

  Tensor forward(Tensor x) {
    ops.dense().linearForward(x, gateWeight.value(), gate);
    ops.dense().linearForward(x, upWeight.value(), up);
    ops.dense().siluMultiplyForward(gate, up, hidden);
    ops.dense().linearForward(hidden, downWeight.value(), out);
    return out;
  }

  void backward(Tensor x, Tensor dOut, Tensor dX) {
    Tensor dHidden = scratch.zeroed(scratch.dDenseHidden);
    Tensor dGate = scratch.zeroed(scratch.dDenseGate);
    Tensor dUp = scratch.zeroed(scratch.dDenseUp);
    ops.dense().linearBackward(hidden, downWeight.value(), dOut, dHidden, downWeight.gradient());
    ops.dense().siluMultiplyBackward(gate, up, dHidden, dGate, dUp);
    ops.dense().linearBackward(x, gateWeight.value(), dGate, dX, gateWeight.gradient());
    ops.dense().linearBackward(x, upWeight.value(), dUp, dX, upWeight.gradient());
  }

  Tensor out() {
    return out;
  }
}
