package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/** Checks that every backend makes before it computes. All throw IllegalArgumentException. */
public final class ShapeChecks {
  private ShapeChecks() {}

  private static IllegalArgumentException wrong(String operation, Object... shapes) {
    StringBuilder text = new StringBuilder(operation).append(": shapes do not fit:");
    for (Object shape : shapes) {
      text.append(' ').append(shape);
    }
    return new IllegalArgumentException(text.toString());
  }

  /** All of one shape. */
  public static void same(String operation, Tensor first, Tensor... others) {
    for (Tensor other : others) {
      if (!first.shape().equals(other.shape())) {
        throw wrong(operation, first.shape(), other.shape());
      }
    }
  }

  /** A host array has as many entries as the tensor. */
  public static void length(int expected, int found) {
    if (expected != found) {
      throw new IllegalArgumentException("needs an array of " + expected + ", not " + found);
    }
  }

  /** {@code entries} fit at {@code at}. */
  public static void room(Statistics into, int at, int entries) {
    if (at < 0 || at + entries > into.size()) {
      throw new IllegalArgumentException(
          "no room for " + entries + " statistics at " + at + " of " + into.size());
    }
  }

  /** table [V,d], tokens [T], out [T,d]. */
  public static void embedding(Tensor table, IndexTensor tokens, Tensor out) {
    if (!out.shape().is(tokens.shape().size(), table.shape().last()) || table.shape().rank() != 2) {
      throw wrong("embedding", table.shape(), tokens.shape(), out.shape());
    }
  }

  /** x, out [T,d], gain [d], inverseRms [T]. */
  public static void rmsNorm(Tensor x, Tensor gain, Tensor out, Tensor inverseRms) {
    Shape shape = x.shape();
    if (!shape.equals(out.shape())
        || !gain.shape().is(shape.last())
        || !inverseRms.shape().is(shape.rows())) {
      throw wrong("rmsNorm", shape, gain.shape(), out.shape(), inverseRms.shape());
    }
  }

  /** x [T,in], weight [out,in], y [T,out]. */
  public static void linear(Tensor x, Tensor weight, Tensor y) {
    Shape shape = x.shape();
    if (shape.rank() != 2
        || weight.shape().rank() != 2
        || weight.shape().last() != shape.last()
        || !y.shape().is(shape.extent(0), weight.shape().extent(0))) {
      throw wrong("linear", shape, weight.shape(), y.shape());
    }
  }

  /** x [B*S,d], tables [S,dh/2] with d a multiple of dh. */
  public static void rope(Tensor x, Tensor cosines, Tensor sines) {
    Shape table = cosines.shape();
    if (!table.equals(sines.shape())
        || x.shape().rows() % table.extent(0) != 0
        || x.shape().last() % (2 * table.last()) != 0) {
      throw wrong("rope", x.shape(), table, sines.shape());
    }
  }

  /** q, k, v, out [B*S,d]. */
  public static void attention(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor out) {
    same("attention", q, k, v, out);
    if (!q.shape().is(shape.rows(), shape.width())) {
      throw wrong("attention", shape, q.shape());
    }
  }

  /** saved is of the shape that the backend asked for. */
  public static void attentionBuffer(Shape expected, Tensor buffer) {
    if (!expected.equals(buffer.shape())) {
      throw wrong("attention buffer", expected, buffer.shape());
    }
  }

  /** logits, probabilities [T,E], logSumExp [T]. */
  public static void softmax(Tensor logits, Tensor probabilities, Tensor logSumExp) {
    same("softmax", logits, probabilities);
    if (!logSumExp.shape().is(logits.shape().rows())) {
      throw wrong("softmax", logits.shape(), logSumExp.shape());
    }
  }

  /** probabilities [T,E], bias [E], a plan of T tokens. */
  public static void routing(RoutingShape shape, Tensor probabilities, RoutingPlan plan) {
    if (!probabilities.shape().is(plan.tokens(), shape.experts())
        || plan.selected().shape().last() != shape.topK()
        || !plan.offsets().shape().is(shape.ffnExperts() + 1)) {
      throw wrong("routing", shape, probabilities.shape(), plan.selected().shape());
    }
  }

  /** x [T,d], weights [N,f,d] and [N,d,f], buffers of at least T*K rows. */
  public static void experts(
      RoutingPlan plan, Tensor x, ExpertWeights weights, ExpertBuffers buffers) {
    Shape gate = weights.gate().shape();
    int experts = plan.offsets().shape().size() - 1;
    int width = x.shape().last();
    boolean fits =
        gate.rank() == 3
            && gate.extent(0) == experts
            && gate.last() == width
            && weights.up().shape().equals(gate)
            && weights.down().shape().is(experts, width, gate.extent(1))
            && x.shape().is(plan.tokens(), width)
            && buffers.input().shape().is(plan.capacity(), width)
            && buffers.hidden().shape().is(plan.capacity(), gate.extent(1));
    if (!fits) {
      throw wrong("experts", x.shape(), gate, weights.down().shape(), buffers.input().shape());
    }
    same("experts", buffers.gate(), buffers.up(), buffers.hidden());
    same("experts", buffers.input(), buffers.output());
  }

  /** x, sum, out [T,d], expertOutput [T*K,d]. */
  public static void combine(
      RoutingPlan plan, Tensor x, Tensor expertOutput, Tensor sum, Tensor out) {
    same("combine", x, sum, out);
    if (!expertOutput.shape().is(plan.capacity(), x.shape().last())
        || x.shape().rows() != plan.tokens()) {
      throw wrong("combine", x.shape(), expertOutput.shape());
    }
  }

  /** logits [T,V], targets, logSumExp [T]. */
  public static void crossEntropy(Tensor logits, IndexTensor targets, Tensor logSumExp) {
    int rows = logits.shape().rows();
    if (rows != targets.shape().size() || !logSumExp.shape().is(rows)) {
      throw wrong("crossEntropy", logits.shape(), targets.shape(), logSumExp.shape());
    }
  }

  /** x [T,d], logSumExp [T]. */
  public static void hiddenZ(Tensor x, Tensor logSumExp) {
    if (!logSumExp.shape().is(x.shape().rows())) {
      throw wrong("hiddenZ", x.shape(), logSumExp.shape());
    }
  }

  /** bias [E]. */
  public static void bias(RoutingShape shape, Tensor bias) {
    if (!bias.shape().is(shape.experts())) {
      throw wrong("selection bias", shape, bias.shape());
    }
  }
}
