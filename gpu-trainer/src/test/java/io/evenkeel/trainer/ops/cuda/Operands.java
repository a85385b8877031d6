package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/**
 * Tensors of one computation, made alike in the memory of any backend, and its results by order.
 */
final class Operands {
  private final TensorMemory memory;
  private final SplittableRandom random = new SplittableRandom(20260103);
  private final DoubleUnaryOperator shaping;
  private final List<Tensor> results = new ArrayList<>();

  /** Numbers in (-1, 1). */
  Operands(TensorMemory memory) {
    this(memory, DoubleUnaryOperator.identity());
  }

  /** Such numbers passed through {@code shaping}. */
  Operands(TensorMemory memory, DoubleUnaryOperator shaping) {
    this.memory = memory;
    this.shaping = shaping;
  }

  TensorMemory memory() {
    return memory;
  }

  /** A tensor of numbers that a float holds exactly. */
  Tensor filled(int... extents) {
    Tensor tensor = memory.allocate(Shape.of(extents));
    double[] values = new double[tensor.shape().size()];
    Arrays.setAll(values, i -> (float) shaping.applyAsDouble(random.nextDouble(-1, 1)));
    memory.write(tensor, values);
    return tensor;
  }

  /** A tensor to be written or added to: starts with numbers, so that these differ. */
  Tensor result(int... extents) {
    return result(filled(extents));
  }

  Tensor result(Tensor tensor) {
    results.add(tensor);
    return tensor;
  }

  IndexTensor indices(int... values) {
    IndexTensor tensor = memory.allocateIndices(Shape.of(values.length));
    memory.write(tensor, values);
    return tensor;
  }

  List<double[]> results() {
    return results.stream().map(memory::toArray).toList();
  }

  /** What a computation does with its operands. */
  @FunctionalInterface
  interface Computation<T> {
    void run(T ops, Operands operands);
  }

  /** The results in double. */
  static List<double[]> expected(Computation<ReferenceTensorOps> computation) {
    try (ReferenceTensorOps ops = new ReferenceTensorOps()) {
      Operands operands = new Operands(ops.memory());
      computation.run(ops, operands);
      return operands.results();
    }
  }

  /** Every entry within {@code relative} of the largest of its tensor. */
  static void assertClose(List<double[]> expected, List<double[]> found, double relative) {
    assertThat(found).hasSameSizeAs(expected);
    for (int r = 0; r < expected.size(); r++) {
      double largest = Arrays.stream(expected.get(r)).map(Math::abs).max().orElse(0);
      assertThat(found.get(r)).hasSameSizeAs(expected.get(r));
      for (int i = 0; i < expected.get(r).length; i++) {
        // Looked at first: an assertion for each of a million numbers takes long.
        if (!(Math.abs(found.get(r)[i] - expected.get(r)[i]) <= relative * largest)) {
          assertThat(found.get(r)[i])
              .as("result %d, entry %d", r, i)
              .isCloseTo(expected.get(r)[i], within(relative * largest));
        }
      }
    }
  }

  /** The same bits. */
  static void assertSame(List<double[]> expected, List<double[]> found) {
    assertThat(found).hasSameSizeAs(expected);
    for (int r = 0; r < expected.size(); r++) {
      assertThat(found.get(r)).as("result %d", r).isEqualTo(expected.get(r));
    }
  }
}
