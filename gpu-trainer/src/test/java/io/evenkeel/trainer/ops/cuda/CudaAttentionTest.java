package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trainer.ops.AttentionShape;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention over more positions than a tile has and heads narrower and wider than its columns. */
final class CudaAttentionTest {
  private static Operands.Computation<TensorOps> attention(AttentionShape shape, double spread) {
    return (ops, o) -> {
      int rows = shape.rows();
      int d = shape.width();
      Tensor q = o.filled(rows, d);
      Tensor k = o.filled(rows, d);
      Tensor v = o.filled(rows, d);
      double[] wide = ops.memory().toArray(q);
      Arrays.setAll(wide, i -> wide[i] * spread);
      ops.memory().write(q, wide);
      Tensor saved = ops.memory().allocate(ops.attention().savedShape(shape));
      Tensor out = o.result(rows, d);
      ops.attention().attentionForward(shape, q, k, v, saved, out);
      ops.attention()
          .attentionBackward(
              shape,
              q,
              k,
              v,
              out,
              saved,
              o.filled(rows, d),
              o.result(rows, d),
              o.result(rows, d),
              o.result(rows, d),
              ops.memory().allocate(ops.attention().scratchShape(shape)));
      int half = Math.max(1, shape.headWidth() / 2);
      if (shape.headWidth() % 2 == 0) {
        Tensor cosines = o.filled(shape.length(), half);
        Tensor sines = o.filled(shape.length(), half);
        ops.attention().ropeForward(o.result(rows, d), cosines, sines);
        ops.attention().ropeBackward(o.result(rows, d), cosines, sines);
      }
    };
  }

  private static List<double[]> onGpu(int backwards, Operands.Computation<TensorOps> computation)
      throws CudaUnavailableException {
    EmulatedGpu.get().configure("backwards", backwards);
    try (TensorOps ops = CudaTensorOps.open(GemmPrecision.FP32, 0)) {
      Operands operands = new Operands(ops.memory());
      computation.run(ops, operands);
      return operands.results();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 2",
    "2, 3, 33, 2",
    "1, 2, 70, 6",
    "2, 1, 130, 16",
    "1, 1, 64, 5",
    "1, 2, 5, 40",
    "1, 1, 66, 70",
    "1, 1, 3, 132"
  })
  void shouldAgreeWithTheReference(int sequences, int heads, int length, int headWidth)
      throws CudaUnavailableException {
    var computation = attention(new AttentionShape(sequences, heads, length, headWidth), 1);
    List<double[]> found = onGpu(0, computation);
    Operands.assertClose(Operands.expected(computation::run), found, 5e-6);
    Operands.assertSame(found, onGpu(1, computation));
  }

  @Test
  void shouldNotOverflowWhenScoresAreLarge() throws CudaUnavailableException {
    // Scores of some hundreds: e^score is no float. Their own rounding is 2^-24 of that.
    var computation = attention(new AttentionShape(1, 1, 70, 6), 400);
    Operands.assertClose(Operands.expected(computation::run), onGpu(0, computation), 2e-4);
  }

  @Test
  void shouldKeepOneNumberAQueryAlone() throws CudaUnavailableException {
    EmulatedGpu.get();
    try (TensorOps ops = CudaTensorOps.open(GemmPrecision.FP32, 0)) {
      AttentionShape shape = new AttentionShape(2, 3, 50, 8);
      assertThat(ops.attention().savedShape(shape)).isEqualTo(Shape.of(2, 3, 50));
      assertThat(ops.attention().scratchShape(shape)).isEqualTo(Shape.of(2, 3, 50));
    }
  }

  @Test
  void shouldNotLookAhead() throws CudaUnavailableException {
    AttentionShape shape = new AttentionShape(1, 1, 66, 4);
    Operands.Computation<TensorOps> later =
        (ops, o) -> {
          Tensor q = o.filled(66, 4);
          Tensor k = o.filled(66, 4);
          Tensor v = o.filled(66, 4);
          Tensor saved = ops.memory().allocate(ops.attention().savedShape(shape));
          ops.attention().attentionForward(shape, q, k, v, saved, o.result(66, 4));
          double[] keys = ops.memory().toArray(k);
          double[] values = ops.memory().toArray(v);
          for (int i = 40 * 4; i < 66 * 4; i++) {
            keys[i] = 50;
            values[i] = -7;
          }
          ops.memory().write(k, keys);
          ops.memory().write(v, values);
          ops.attention().attentionForward(shape, q, k, v, saved, o.result(66, 4));
        };
    List<double[]> found = onGpu(0, later);
    assertThat(Arrays.copyOf(found.get(1), 40 * 4)).isEqualTo(Arrays.copyOf(found.get(0), 40 * 4));
    assertThat(found.get(1)[40 * 4]).isNotEqualTo(found.get(0)[40 * 4]);
  }
}
