package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.ops.AttentionShape;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.function.Function;

/** Causal multi-head attention with rotary positions. */
final class Attention {
  private final TensorOps ops;
  private final RopeTable rope;
  private final Workspace scratch;
  private final Parameter wq;
  private final Parameter wk;
  private final Parameter wv;
  private final Parameter wo;
  private final Tensor query;
  private final Tensor key;
  private final Tensor value;
  private final AttentionShape shape;
  private final Tensor saved;
  private final Tensor heads;
  private final Tensor out;

  Attention(
      TensorOps ops,
      LayerShape shape,
      RopeTable rope,
      Workspace scratch,
      Function<String, Parameter> parameters) {
    this.ops = ops;
    this.rope = rope;
    this.scratch = scratch;
    wq = parameters.apply("wq");
    wk = parameters.apply("wk");
    wv = parameters.apply("wv");
    wo = parameters.apply("wo");
    Shape wide = Shape.of(shape.tokens(), shape.width());
    query = ops.memory().allocate(wide);
    key = ops.memory().allocate(wide);
    value = ops.memory().allocate(wide);
    heads = ops.memory().allocate(wide);
    out = ops.memory().allocate(wide);
    this.shape = shape.attention();
    saved = ops.memory().allocate(ops.attention().savedShape(this.shape));
  }

  Tensor forward(Tensor x) {
    ops.dense().linearForward(x, wq.value(), query);
    ops.dense().linearForward(x, wk.value(), key);
    ops.dense().linearForward(x, wv.value(), value);
    ops.attention().ropeForward(query, rope.cosines(), rope.sines());
    ops.attention().ropeForward(key, rope.cosines(), rope.sines());
    ops.attention().attentionForward(shape, query, key, value, saved, heads);
    ops.dense().linearForward(heads, wo.value(), out);
    return out;
  }

  void backward(Tensor x, Tensor dOut, Tensor dX) {
    Tensor dHeads = scratch.zeroed(scratch.dHeads);
    Tensor dQuery = scratch.zeroed(scratch.dQuery);
    Tensor dKey = scratch.zeroed(scratch.dKey);
    Tensor dValue = scratch.zeroed(scratch.dValue);
    ops.dense().linearBackward(heads, wo.value(), dOut, dHeads, wo.gradient());
    ops.attention()
        .attentionBackward(
            shape,
            query,
            key,
            value,
            heads,
            saved,
            dHeads,
            dQuery,
            dKey,
            dValue,
            scratch.attention);
    ops.attention().ropeBackward(dQuery, rope.cosines(), rope.sines());
    ops.attention().ropeBackward(dKey, rope.cosines(), rope.sines());
    ops.dense().linearBackward(x, wq.value(), dQuery, dX, wq.gradient());
    ops.dense().linearBackward(x, wk.value(), dKey, dX, wk.gradient());
    ops.dense().linearBackward(x, wv.value(), dValue, dX, wv.gradient());
  }
}
