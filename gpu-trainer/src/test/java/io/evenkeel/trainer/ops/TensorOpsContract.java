package io.evenkeel.trainer.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.testing.SeededCases;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * What every backend must do: the same as the reference, to its precision, on odd sizes and on bad
 * numbers.
 */
public abstract class TensorOpsContract {
  private static final int CASES = 12;
  private final ReferenceTensorOps reference = new ReferenceTensorOps();

  /** The backend under test. */
  protected abstract TensorOps ops();

  /** Inputs of one operation, made alike on any backend. */
  static final class Bench {
    final TensorOps ops;
    private final RandomGenerator random;
    final List<Tensor> outputs = new ArrayList<>();

    Bench(TensorOps ops, RandomGenerator random) {
      this.ops = ops;
      this.random = random;
    }

    int size(int most) {
      return 1 + random.nextInt(most);
    }

    Tensor filled(int... extents) {
      Tensor tensor = ops.memory().allocate(Shape.of(extents));
      double[] values = new double[tensor.shape().size()];
      // Rounded to floats, so that both backends start from the same numbers.
      Arrays.setAll(values, i -> (float) random.nextGaussian());
      ops.memory().write(tensor, values);
      return tensor;
    }

    /** Filled, with a NaN in the second row. */
    Tensor withNan(int... extents) {
      Tensor tensor = filled(extents);
      double[] values = ops.memory().toArray(tensor);
      values[tensor.shape().last()] = Double.NaN;
      ops.memory().write(tensor, values);
      return tensor;
    }

    /** Filled, with a NaN in the second row and an infinity in the fourth. */
    Tensor spoiled(int... extents) {
      Tensor tensor = withNan(extents);
      double[] values = ops.memory().toArray(tensor);
      values[3 * tensor.shape().last()] = Double.POSITIVE_INFINITY;
      ops.memory().write(tensor, values);
      return tensor;
    }

    /**
     * An output, or a gradient to add to: starts with numbers, so that adding and overwriting
     * differ.
     */
    Tensor output(int... extents) {
      Tensor tensor = filled(extents);
      outputs.add(tensor);
      return tensor;
    }

    /** Classes, of which some are left out. */
    IndexTensor targets(int bound, int count) {
      IndexTensor tensor = ops.memory().allocateIndices(Shape.of(count));
      int[] values = new int[count];
      Arrays.setAll(values, i -> random.nextInt(4) == 0 ? -1 : random.nextInt(bound));
      ops.memory().write(tensor, values);
      return tensor;
    }

    IndexTensor indices(int bound, int... extents) {
      IndexTensor tensor = ops.memory().allocateIndices(Shape.of(extents));
      int[] values = new int[tensor.shape().size()];
      Arrays.setAll(values, i -> random.nextInt(bound));
      ops.memory().write(tensor, values);
      return tensor;
    }
  }

  private void compare(BiFunction<Bench, Statistics, Object> operation) {
    SeededCases.forEach(
        CASES,
        random -> {
          long seed = random.nextLong();
          Bench expected = new Bench(reference, new java.util.SplittableRandom(seed));
          Bench found = new Bench(ops(), new java.util.SplittableRandom(seed));
          Statistics expectedSums = reference.memory().allocateStatistics(256);
          Statistics foundSums = ops().memory().allocateStatistics(256);
          operation.apply(expected, expectedSums);
          operation.apply(found, foundSums);
          for (int i = 0; i < expected.outputs.size(); i++) {
            close(
                reference.memory().toArray(expected.outputs.get(i)),
                ops().memory().toArray(found.outputs.get(i)));
          }
          close(reference.memory().toArray(expectedSums), ops().memory().toArray(foundSums));
        });
  }

  /** One case of fixed sizes. */
  private void compareOnce(BiConsumer<Bench, Statistics> operation) {
    Bench expected = new Bench(reference, new java.util.SplittableRandom(7));
    Bench found = new Bench(ops(), new java.util.SplittableRandom(7));
    Statistics expectedSums = reference.memory().allocateStatistics(256);
    Statistics foundSums = ops().memory().allocateStatistics(256);
    operation.accept(expected, expectedSums);
    operation.accept(found, foundSums);
    for (int i = 0; i < expected.outputs.size(); i++) {
      close(
          reference.memory().toArray(expected.outputs.get(i)),
          ops().memory().toArray(found.outputs.get(i)));
    }
    close(reference.memory().toArray(expectedSums), ops().memory().toArray(foundSums));
  }

  private void close(double[] expected, double[] found) {
    double max = Arrays.stream(expected).filter(Double::isFinite).map(Math::abs).max().orElse(0);
    double allowed = (ops().elementBits() == 64 ? 1e-13 : 5e-6) * Math.max(1, max);
    for (int i = 0; i < expected.length; i++) {
      if (Double.isFinite(expected[i])) {
        assertThat(found[i]).as("entry %d", i).isCloseTo(expected[i], within(allowed));
      } else {
        assertThat(Double.compare(found[i], expected[i]))
            .as("entry %d is %s, not %s", i, found[i], expected[i])
            .isZero();
      }
    }
  }

  @Test
  void shouldAgreeOnDenseOperations() {
    compare(
        (b, s) -> {
          dense(b, b.size(20), b.size(20), b.size(20));
          return s;
        });
  }

  @Test
  void shouldAgreeOnDenseOperationsWhenSizesCrossTiles() {
    int[][] sizes = {{1, 1, 1}, {1, 33, 65}, {33, 1, 3}, {65, 33, 129}, {131, 67, 17}};
    for (int[] size : sizes) {
      compareOnce((b, s) -> dense(b, size[0], size[1], size[2]));
    }
  }

  private static void dense(Bench b, int rows, int in, int out) {
    Tensor x = b.filled(rows, in);
    Tensor w = b.filled(out, in);
    Tensor dY = b.filled(rows, out);
    b.ops.dense().linearForward(x, w, b.output(rows, out));
    b.ops.dense().linearBackward(x, w, dY, b.output(rows, in), b.output(out, in));
    Tensor gain = b.filled(in);
    Tensor inverse = b.output(rows);
    b.ops.dense().rmsNormForward(x, gain, 1e-6, b.output(rows, in), inverse);
    b.ops
        .dense()
        .rmsNormBackward(x, gain, inverse, b.filled(rows, in), b.output(rows, in), b.output(in));
    b.ops.dense().siluMultiplyForward(x, b.filled(rows, in), b.output(rows, in));
    b.ops
        .dense()
        .siluMultiplyBackward(
            x, b.filled(rows, in), b.filled(rows, in), b.output(rows, in), b.output(rows, in));
    b.ops.dense().add(x, b.filled(rows, in), b.output(rows, in));
    IndexTensor tokens = b.indices(out, rows);
    b.ops.dense().embeddingForward(w, tokens, b.output(rows, in));
    b.ops.dense().embeddingBackward(tokens, x, b.output(out, in));
  }

  @Test
  void shouldAgreeOnAttention() {
    compare(
        (b, s) -> {
          attention(b, new AttentionShape(b.size(3), b.size(3), b.size(9), 2 * b.size(3)));
          return s;
        });
  }

  @Test
  void shouldAgreeOnAttentionWhenSizesCrossTiles() {
    compareOnce((b, s) -> attention(b, new AttentionShape(1, 1, 1, 2)));
    compareOnce((b, s) -> attention(b, new AttentionShape(2, 3, 33, 6)));
    compareOnce((b, s) -> attention(b, new AttentionShape(1, 2, 67, 32)));
    compareOnce((b, s) -> attention(b, new AttentionShape(1, 1, 130, 10)));
  }

  @Test
  void shouldGiveTheOnlyKeyNoGradientThroughItsScore() {
    Bench b = new Bench(ops(), new java.util.SplittableRandom(3));
    AttentionShape shape = new AttentionShape(3, 2, 1, 6);
    Tensor q = b.filled(3, 12);
    Tensor k = b.filled(3, 12);
    Tensor v = b.filled(3, 12);
    Tensor out = b.filled(3, 12);
    Tensor saved = ops().memory().allocate(ops().attention().savedShape(shape));
    Tensor scratch = ops().memory().allocate(ops().attention().scratchShape(shape));
    Tensor dQ = ops().memory().allocate(q.shape());
    Tensor dK = ops().memory().allocate(q.shape());
    ops().attention().attentionForward(shape, q, k, v, saved, out);
    ops()
        .attention()
        .attentionBackward(
            shape, q, k, v, out, saved, b.filled(3, 12), dQ, dK, b.filled(3, 12), scratch);
    // Its weight is 1 whatever the score; rounding would be all that AdamW has to go by.
    assertThat(ops().memory().toArray(dQ)).containsOnly(0);
    assertThat(ops().memory().toArray(dK)).containsOnly(0);
  }

  private static void attention(Bench b, AttentionShape shape) {
    int length = shape.length();
    int half = shape.headWidth() / 2;
    int d = shape.heads() * shape.headWidth();
    int rows = shape.sequences() * length;
    Tensor q = b.filled(rows, d);
    Tensor k = b.filled(rows, d);
    Tensor v = b.filled(rows, d);
    AttentionOps attention = b.ops.attention();
    Tensor saved = b.ops.memory().allocate(attention.savedShape(shape));
    Tensor scratch = b.ops.memory().allocate(attention.scratchShape(shape));
    Tensor out = b.output(rows, d);
    attention.attentionForward(shape, q, k, v, saved, out);
    attention.attentionBackward(
        shape,
        q,
        k,
        v,
        out,
        saved,
        b.filled(rows, d),
        b.output(rows, d),
        b.output(rows, d),
        b.output(rows, d),
        scratch);
    Tensor cos = b.filled(length, half);
    Tensor sin = b.filled(length, half);
    b.ops.attention().ropeForward(b.output(rows, d), cos, sin);
    b.ops.attention().ropeBackward(b.output(rows, d), cos, sin);
  }

  @Test
  void shouldAgreeOnExpertsAndRouting() {
    compare(
        (b, s) -> {
          int groups = b.size(3);
          int experts = groups * b.size(3);
          int zero = b.size(3) - 1;
          int k = b.size(experts + zero);
          double target = zero == 0 ? k : k * 0.6;
          RoutingShape shape = new RoutingShape(experts, zero, k, target, groups);
          Tensor bias = b.filled(shape.experts());
          experts(b, s, shape, bias, new int[] {b.size(12), b.size(8), b.size(8)});
          return s;
        });
  }

  @Test
  void shouldAgreeOnExpertsWhenSizesAreOddOrAnExpertHasNoTokens() {
    RoutingShape[] shapes = {
      new RoutingShape(7, 0, 3, 3, 1),
      new RoutingShape(9, 1, 2, 1.5, 3),
      new RoutingShape(3, 7, 5, 1.2, 3),
      new RoutingShape(3, 1, 4, 2.5, 1),
      new RoutingShape(1, 1, 1, 0.5, 1),
      new RoutingShape(40, 20, 12, 8, 8),
    };
    int[][] sizes = {{33, 17, 9}, {1, 3, 1}, {130, 6, 33}};
    for (RoutingShape shape : shapes) {
      for (int[] size : sizes) {
        compareOnce(
            (b, s) -> {
              Tensor bias = b.ops.memory().allocate(Shape.of(shape.experts()));
              // Unless all are selected, the first expert is selected by nobody.
              double[] values = new double[shape.experts()];
              values[0] = -2;
              b.ops.memory().write(bias, values);
              experts(b, s, shape, bias, size);
            });
      }
    }
  }

  /** Sizes: tokens, d, f. */
  private static void experts(Bench b, Statistics s, RoutingShape shape, Tensor bias, int[] sizes) {
    int tokens = sizes[0];
    int d = sizes[1];
    int f = sizes[2];
    int experts = shape.ffnExperts();
    MoeOps moe = b.ops.moe();
    Tensor logits = b.filled(tokens, shape.experts());
    Tensor r = b.output(tokens, shape.experts());
    moe.softmaxForward(logits, r, b.output(tokens));
    RoutingPlan plan = RoutingPlan.allocate(b.ops.memory(), shape, tokens);
    moe.route(shape, r, bias, plan);
    RoutingLayout layout = new RoutingLayout(0, shape.experts(), shape.groups());
    moe.routingStatistics(shape, plan, r, s, layout);
    Tensor x = b.filled(tokens, d);
    ExpertWeights w =
        new ExpertWeights(
            b.filled(experts, f, d), b.filled(experts, f, d), b.filled(experts, d, f));
    ExpertWeights dW =
        new ExpertWeights(
            b.output(experts, f, d), b.output(experts, f, d), b.output(experts, d, f));
    ExpertBuffers buffers = ExpertBuffers.allocate(b.ops.memory(), plan.capacity(), d, f);
    ExpertBuffers gradients = ExpertBuffers.allocate(b.ops.memory(), plan.capacity(), d, f);
    // Rows after the last slot are not written: they are 0 on every backend.
    moe.expertsForward(plan, x, w, buffers);
    b.outputs.add(buffers.output());
    moe.combineForward(
        shape, plan, r, x, buffers.output(), 1.7, b.output(tokens, d), b.output(tokens, d));
    Tensor dR = b.output(tokens, shape.experts());
    Tensor dX = b.output(tokens, d);
    moe.combineBackward(
        shape, plan, r, x, buffers.output(), 1.7, b.filled(tokens, d), gradients.output(), dR, dX);
    moe.expertsBackward(plan, w, buffers, gradients, dW, dX);
    Tensor dZ = b.output(tokens, shape.experts());
    moe.softmaxBackward(r, dR, dZ);
    moe.loadBalanceBackward(shape, r, s, layout, 0.3, dZ, s, layout.end());
    b.ops.optimizer().updateSelectionBias(shape, b.output(shape.experts()), s, layout, tokens, 0.1);
  }

  @Test
  void shouldSendEveryTokenToEveryExpertAndCompareTheirOutputs() {
    for (int experts : new int[] {1, 2, 5}) {
      compareOnce(
          (b, s) -> {
            int tokens = 11;
            RoutingShape all = new RoutingShape(experts, 0, experts, experts, 1);
            RoutingPlan plan = RoutingPlan.allocate(b.ops.memory(), all, tokens);
            b.ops.moe().routeToAll(plan);
            Tensor x = b.filled(tokens, 6);
            ExpertWeights w =
                new ExpertWeights(
                    b.filled(experts, 3, 6), b.filled(experts, 3, 6), b.filled(experts, 6, 3));
            ExpertBuffers buffers = ExpertBuffers.allocate(b.ops.memory(), plan.capacity(), 6, 3);
            b.ops.moe().expertsForward(plan, x, w, buffers);
            b.outputs.add(buffers.output());
            b.ops.statistics().slotCosines(plan, buffers.output(), s, 3);
          });
    }
  }

  @Test
  void shouldCarryNonFiniteNumbersThroughRowsAsTheReferenceDoes() {
    compareOnce(
        (b, s) -> {
          Tensor x = b.spoiled(9, 5);
          Tensor gate = b.spoiled(9, 5);
          Tensor inverse = b.output(9);
          b.ops.dense().linearForward(x, b.filled(7, 5), b.output(9, 7));
          b.ops.dense().rmsNormForward(x, b.filled(5), 1e-6, b.output(9, 5), inverse);
          b.ops.dense().siluMultiplyForward(gate, b.filled(9, 5), b.output(9, 5));
          b.ops.dense().add(x, gate, b.output(9, 5));
          b.ops.statistics().columnSums(x, s, 0);
          b.ops.statistics().values(x, s, 10);
          Tensor logSumExp = b.output(9);
          Tensor logits = b.withNan(9, 5);
          b.ops.moe().softmaxForward(logits, b.output(9, 5), logSumExp);
          IndexTensor targets = b.indices(5, 9);
          b.ops.losses().crossEntropyForward(logits, targets, logSumExp, s, 60);
          b.ops.losses().crossEntropyBackward(logits, logSumExp, targets, 0.5, b.output(9, 5));
        });
  }

  @Test
  void shouldSpoilWhatAdamWUpdatesWhenAGradientIsNotANumber() {
    compareOnce((b, s) -> update(b, b.withNan(9, 5), s));
  }

  @Test
  void shouldFillAndCopy() {
    compareOnce(
        (b, s) -> {
          Tensor source = b.filled(33, 3);
          b.ops.memory().copy(source, b.output(33, 3));
          b.ops.memory().fill(b.output(17), -2.5);
        });
  }

  @Test
  void shouldAgreeOnLossesStatisticsAndUpdates() {
    compare(
        (b, s) -> {
          int rows = b.size(20);
          int v = b.size(20);
          IndexTensor targets = b.targets(v, rows);
          Tensor logits = b.filled(rows, v);
          Tensor lse = b.output(rows);
          b.ops.losses().crossEntropyForward(logits, targets, lse, s, 0);
          b.ops.losses().crossEntropyBackward(logits, lse, targets, 0.25, b.output(rows, v));
          Tensor x = b.filled(rows, v);
          b.ops.losses().hiddenZForward(x, lse, s, 1);
          b.ops.losses().hiddenZBackward(x, lse, 0.125, b.output(rows, v));
          b.ops.statistics().activationSums(x, 0.7, s, 2);
          b.ops.statistics().squares(x, s, 10);
          b.ops.statistics().columnSums(x, s, 20);
          b.ops.statistics().rowCosines(x, Math.max(1, rows / 2), s, 50);
          Tensor r = b.output(rows, v);
          b.ops.moe().softmaxForward(x, r, lse);
          b.ops.statistics().routerStatistics(x, r, lse, s, 60);
          b.ops.statistics().values(b.filled(3), s, 75);
          update(b, x, s);
          return s;
        });
  }

  /** AdamW over two tensors, of which the first decays. */
  private static void update(Bench b, Tensor gradient, Statistics s) {
    int rows = gradient.shape().rows();
    int v = gradient.shape().last();
    List<AdamWSlot> slots = new ArrayList<>();
    for (AdamWSlot.Decay decay : AdamWSlot.Decay.values()) {
      Tensor second = b.output(rows, v);
      Tensor root = b.filled(rows, v);
      // Positive, as second moments are.
      b.ops.dense().siluMultiplyForward(root, root, second);
      slots.add(new AdamWSlot(b.output(rows, v), gradient, b.output(rows, v), second, decay, 1.5));
    }
    OptimizerPlan plan = b.ops.optimizer().prepare(slots);
    b.ops.optimizer().gradientSquares(plan, s, 80);
    AdamWStep step = new AdamWStep(0.01, 0.9, 0.95, 0.5, 0.1, 0.5, 3);
    b.ops.optimizer().adamW(plan, step, s, 80, s, 90);
  }

  @Test
  void shouldCountNonFiniteEntriesAndKeepThemOutOfTheSums() {
    Tensor x = tensor(1, Double.NaN, -3, Double.POSITIVE_INFINITY, 2, Double.NEGATIVE_INFINITY);
    Statistics sums = ops().memory().allocateStatistics(10);
    ops().statistics().activationSums(x, 1.5, sums, 0);
    ops().statistics().squares(x, sums, 7);
    double[] found = ops().memory().toArray(sums);
    assertThat(Arrays.copyOf(found, 7)).containsExactly(0, 14, -18, 98, 3, 2, 3);
    assertThat(found[7]).isNaN();
    assertThat(found[8]).isEqualTo(14);
    assertThat(found[9]).isEqualTo(3);
  }

  @Test
  void shouldBreakTiesByTheLowestIndexAndRankNanLast() {
    RoutingShape shape = new RoutingShape(3, 1, 2, 1, 1);
    RoutingPlan plan = RoutingPlan.allocate(ops().memory(), shape, 3);
    Tensor scores = ops().memory().allocate(Shape.of(3, 4));
    double nan = Double.NaN;
    ops().memory().write(scores, new double[] {1, 1, 1, 1, nan, 0, nan, -5, nan, nan, nan, nan});
    ops().moe().route(shape, scores, ops().memory().allocate(Shape.of(4)), plan);
    assertThat(ops().memory().toArray(plan.selected())).containsExactly(0, 1, 1, 3, 0, 1);
    assertThat(ops().memory().toArray(plan.tokenSlots())).containsExactly(0, 2, 3, -1, 1, 4);
  }

  @Test
  void shouldRefuseShapesThatDoNotFit() {
    Tensor x = ops().memory().allocate(Shape.of(2, 3));
    Tensor w = ops().memory().allocate(Shape.of(4, 2));
    Tensor y = ops().memory().allocate(Shape.of(2, 4));
    assertThatThrownBy(() -> ops().dense().linearForward(x, w, y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 3] [4, 2] [2, 4]");
    assertThatThrownBy(() -> ops().memory().write(x, new double[5]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseTensorsOfAnotherBackend() {
    Tensor mine = ops().memory().allocate(Shape.of(2));
    Tensor stranger = () -> Shape.of(2);
    assertThatThrownBy(() -> ops().dense().add(mine, stranger, mine))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Tensor tensor(double... values) {
    Tensor tensor = ops().memory().allocate(Shape.of(values.length));
    ops().memory().write(tensor, values);
    return tensor;
  }
}
