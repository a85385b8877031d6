package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes beyond one block, warp or slice, which the contract's small cases do not reach. */
final class CudaDenseTest {
  static double[] embedding(TensorOps ops, int rows, int width, int vocabulary) {
    SplittableRandom random = new SplittableRandom(7);
    IndexTensor tokens = ops.memory().allocateIndices(Shape.of(rows));
    ops.memory().write(tokens, random.ints(rows, 0, vocabulary).toArray());
    Tensor gradient = filled(ops, random, rows, width);
    Tensor table = filled(ops, random, vocabulary, width);
    ops.dense().embeddingBackward(tokens, gradient, table);
    return ops.memory().toArray(table);
  }

  static double[] norm(TensorOps ops, int rows, int width) {
    SplittableRandom random = new SplittableRandom(7);
    Tensor x = filled(ops, random, rows, width);
    Tensor gain = filled(ops, random, width);
    Tensor out = filled(ops, random, rows, width);
    Tensor inverse = filled(ops, random, rows);
    ops.dense().rmsNormForward(x, gain, 1e-6, out, inverse);
    Tensor dX = filled(ops, random, rows, width);
    Tensor dGain = filled(ops, random, width);
    ops.dense().rmsNormBackward(x, gain, inverse, out, dX, dGain);
    double[] all = Arrays.copyOf(ops.memory().toArray(dX), rows * width + width);
    System.arraycopy(ops.memory().toArray(dGain), 0, all, rows * width, width);
    return all;
  }

  private static Tensor filled(TensorOps ops, SplittableRandom random, int... extents) {
    Tensor tensor = ops.memory().allocate(Shape.of(extents));
    ops.memory()
        .write(tensor, random.doubles(tensor.shape().size(), -1, 1).map(v -> (float) v).toArray());
    return tensor;
  }

  static void close(double[] expected, double[] found) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).as("entry %d", i).isCloseTo(expected[i], within(2e-6 * largest));
    }
  }

  @ParameterizedTest
  @CsvSource({"300, 200, 3, 0", "129, 33, 140, 1", "1, 1, 1, 0"})
  void shouldAgreeWithTheReferenceWhenABlockDoesNotCoverTheTensor(
      int rows, int width, int vocabulary, int backwards) throws CudaUnavailableException {
    EmulatedGpu.get().configure("backwards", backwards);
    try (TensorOps ops = CudaTensorOps.open(GemmPrecision.FP32, 0);
        TensorOps reference = new ReferenceTensorOps()) {
      close(embedding(reference, rows, width, vocabulary), embedding(ops, rows, width, vocabulary));
      close(norm(reference, rows, width), norm(ops, rows, width));
    }
  }
}
