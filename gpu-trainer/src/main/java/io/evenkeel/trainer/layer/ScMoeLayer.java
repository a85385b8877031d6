package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Shortcut-connected MoE layer: two attentions, two dense blocks, and the MoE as a parallel branch.
 * FORMULAS.md section 2.
 */
public final class ScMoeLayer {
  private final TensorOps ops;
  private final LayerShape shape;
  private final Workspace scratch;
  private final RmsNorm attentionNorm1;
  private final RmsNorm ffnNorm1;
  private final RmsNorm attentionNorm2;
  private final RmsNorm ffnNorm2;
  private final Attention attention1;
  private final Attention attention2;
  private final SwiGlu ffn1;
  private final SwiGlu ffn2;
  private final MixtureOfExperts moe;
  private final Tensor afterAttention1;
  private final Tensor afterFfn1;
  private final Tensor afterAttention2;
  private final Tensor out;
  private final List<LayerStatistics> microBatches = new ArrayList<>();
  private final LayerStatistics discarded;
  private LayerStatistics statistics;

  /**
   * Builds a layer.
   *
   * @param bias selection bias [E]
   * @param microBatches of a step, each with sums of its own; at least 1
   * @param parameters gives a parameter by its name without {@code layers.l.}
   */
  public ScMoeLayer(
      TensorOps ops,
      LayerShape shape,
      RopeTable rope,
      Workspace scratch,
      Tensor bias,
      int microBatches,
      Function<String, Parameter> parameters) {
    this.ops = ops;
    this.shape = shape;
    this.scratch = scratch;
    int tokens = shape.tokens();
    double epsilon = shape.rmsEpsilon();
    attentionNorm1 = new RmsNorm(ops, parameters.apply("norm_attn1"), epsilon, tokens);
    ffnNorm1 = new RmsNorm(ops, parameters.apply("norm_ffn1"), epsilon, tokens);
    attentionNorm2 = new RmsNorm(ops, parameters.apply("norm_attn2"), epsilon, tokens);
    ffnNorm2 = new RmsNorm(ops, parameters.apply("norm_ffn2"), epsilon, tokens);
    attention1 = new Attention(ops, shape, rope, scratch, n -> parameters.apply("attn1." + n));
    attention2 = new Attention(ops, shape, rope, scratch, n -> parameters.apply("attn2." + n));
    ffn1 = new SwiGlu(ops, shape, scratch, n -> parameters.apply("ffn1." + n));
    ffn2 = new SwiGlu(ops, shape, scratch, n -> parameters.apply("ffn2." + n));
    moe = new MixtureOfExperts(ops, shape, scratch, bias, parameters);
    Shape wide = Shape.of(tokens, shape.width());
    afterAttention1 = ops.memory().allocate(wide);
    afterFfn1 = ops.memory().allocate(wide);
    afterAttention2 = ops.memory().allocate(wide);
    out = ops.memory().allocate(wide);
    for (int i = 0; i < microBatches; i++) {
      this.microBatches.add(new LayerStatistics(ops.memory(), shape));
    }
    statistics = this.microBatches.getFirst();
    discarded = new LayerStatistics(ops.memory(), shape);
  }

  /** The passes that follow are those of this micro-batch, and fill its sums. */
  public void select(int microBatch) {
    statistics = microBatches.get(microBatch);
  }

  /** h' from h, both [T,d]; the result is valid until the next forward pass. */
  public Tensor forward(Tensor h) {
    ops.dense().add(h, attention1.forward(attentionNorm1.forward(h)), afterAttention1);
    Tensor u = ffnNorm1.forward(afterAttention1);
    Tensor m = moe.forward(u, statistics);
    ops.dense().add(afterAttention1, ffn1.forward(u), afterFfn1);
    ops.dense()
        .add(afterFfn1, attention2.forward(attentionNorm2.forward(afterFfn1)), afterAttention2);
    ops.dense().add(afterAttention2, ffn2.forward(ffnNorm2.forward(afterAttention2)), out);
    ops.dense().add(out, m, out);
    return out;
  }

  /**
   * Backward pass.
   *
   * @param h the input of the last forward pass
   * @param gradient in: dL/dh' [T,d]; out: dL/dh
   * @param loadBalanceCoefficient alpha/L
   * @param share of the batch's gradient that this pass computes, in (0, 1]
   * @param recording whether the gradient statistics are kept
   * @param telemetry adds up the time spent on statistics
   */
  public void backward(
      Tensor h,
      Tensor gradient,
      double loadBalanceCoefficient,
      double share,
      Recording recording,
      Stopwatch telemetry) {
    Tensor u = ffnNorm1.out();
    Tensor dU = scratch.zeroed(scratch.dMoeIn);
    LayerStatistics into = recording == Recording.KEEP ? statistics : discarded;
    into.scaledBy(share);
    moe.backward(u, gradient, dU, loadBalanceCoefficient * share, statistics, into, telemetry);

    Tensor dNorm = scratch.zeroed(scratch.dNorm);
    ffn2.backward(ffnNorm2.out(), gradient, dNorm);
    ffnNorm2.backward(afterAttention2, dNorm, gradient);

    dNorm = scratch.zeroed(scratch.dNorm);
    attention2.backward(attentionNorm2.out(), gradient, dNorm);
    attentionNorm2.backward(afterFfn1, dNorm, gradient);

    ffn1.backward(u, gradient, dU);
    ffnNorm1.backward(afterAttention1, dU, gradient);

    dNorm = scratch.zeroed(scratch.dNorm);
    attention1.backward(attentionNorm1.out(), gradient, dNorm);
    attentionNorm1.backward(h, dNorm, gradient);
  }

  /** Computes the statistics of the last forward pass that training itself does not need. */
  public void recordStatistics() {
    moe.recordStatistics(statistics);
    ops.statistics().values(moe.bias(), statistics.device, statistics.layout.bias);
    record(Site.LAYER_OUT, out);
    record(Site.MOE_IN, ffnNorm1.out());
    record(Site.MOE_OUT, moe.out());
  }

  /** Computes the statistics that the variance alignment gamma needs: they move slowly. */
  public void recordAlignment() {
    record(Site.FFN_SUM, moe.ffnSum());
    record(Site.DENSE_OUT, ffn1.out());
  }

  private void record(Site site, Tensor activations) {
    ops.statistics()
        .activationSums(
            activations,
            shape.activationThreshold(),
            statistics.device,
            statistics.layout.activation(site));
  }

  /** {@code bias += mu (target - load share)} with the load of the last forward pass. */
  public void updateSelectionBias(double mu) {
    ops.optimizer()
        .updateSelectionBias(
            shape.routing(),
            moe.bias(),
            statistics.device,
            statistics.layout.routing,
            shape.tokens(),
            mu);
  }

  /** The layer's sums over the micro-batch last selected. */
  public LayerStatistics statistics() {
    return statistics;
  }

  /** The layer's sums over all micro-batches; those of the step must have been refreshed. */
  public LayerTotals totals() {
    return new LayerTotals(microBatches);
  }

  /** Copies the sums of all micro-batches to the host. */
  public void refreshStatistics() {
    microBatches.forEach(LayerStatistics::refresh);
  }

  /** h' of the last forward pass [T,d]. */
  public Tensor out() {
    return out;
  }

  /** The MoE branch. */
  public MixtureOfExperts moe() {
    return moe;
  }

  /** u of the last forward pass [T,d]. */
  Tensor moeInput() {
    return ffnNorm1.out();
  }
}
