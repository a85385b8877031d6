package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matrix products of sizes that fit no tile, and on tensor cores within what tf32 promises. */
final class CudaGemmTest {
  /** A product of two factors rounded to 10 bits of mantissa, and a sum in single precision. */
  private static final double TF32_PRODUCT = 0x1p-10 + 0x1p-22;

  private static void linear(TensorOps ops, Operands o, int tokens, int in, int out) {
    Tensor x = o.filled(tokens, in);
    Tensor weight = o.filled(out, in);
    Tensor dY = o.filled(tokens, out);
    ops.dense().linearForward(x, weight, o.result(tokens, out));
    ops.dense().linearBackward(x, weight, dY, o.result(tokens, in), o.result(out, in));
  }

  private static List<double[]> onGpu(
      GemmPrecision precision, int backwards, Operands.Computation<TensorOps> computation)
      throws CudaUnavailableException {
    EmulatedGpu.get().configure("backwards", backwards);
    try (CudaTensorOps ops = CudaTensorOps.open(precision, 0)) {
      assertThat(ops.precision()).isEqualTo(precision);
      Operands operands = new Operands(ops.memory());
      computation.run(ops, operands);
      return operands.results();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "33, 7, 5",
    "65, 17, 66",
    "3, 64, 128",
    "70, 68, 3",
    "530, 3, 2", // a weight gradient in parts
    "1153, 3, 1217" // large tiles
  })
  void shouldAgreeWithTheReferenceWhenNoSizeFitsATile(int tokens, int in, int out)
      throws CudaUnavailableException {
    List<double[]> found =
        onGpu(GemmPrecision.FP32, 0, (ops, o) -> linear(ops, o, tokens, in, out));
    Operands.assertClose(
        Operands.expected((ops, o) -> linear(ops, o, tokens, in, out)), found, 5e-6);
    Operands.assertSame(
        found, onGpu(GemmPrecision.FP32, 1, (ops, o) -> linear(ops, o, tokens, in, out)));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "33, 7, 5", "65, 17, 66", "530, 3, 2"})
  void shouldStayWithinTheRoundingOfTf32OnTensorCores(int tokens, int in, int out)
      throws CudaUnavailableException {
    List<double[]> expected = Operands.expected((ops, o) -> linear(ops, o, tokens, in, out));
    // The same with all numbers positive: sum |left| |right|, which the error is measured by.
    List<double[]> magnitudes;
    try (ReferenceTensorOps ops = new ReferenceTensorOps()) {
      Operands positive = new Operands(ops.memory(), Math::abs);
      linear(ops, positive, tokens, in, out);
      magnitudes = positive.results();
    }
    List<double[]> found =
        onGpu(GemmPrecision.TF32, 0, (ops, o) -> linear(ops, o, tokens, in, out));
    int[] depths = {in, out, tokens};
    for (int r = 0; r < found.size(); r++) {
      double share = TF32_PRODUCT + (depths[r] + 1) * 0x1p-23;
      for (int i = 0; i < found.get(r).length; i++) {
        assertThat(Math.abs(found.get(r)[i] - expected.get(r)[i]))
            .as("result %d, entry %d", r, i)
            .isLessThanOrEqualTo(share * magnitudes.get(r)[i]);
      }
    }
    Operands.assertSame(
        found, onGpu(GemmPrecision.TF32, 1, (ops, o) -> linear(ops, o, tokens, in, out)));
  }

  @ParameterizedTest
  @CsvSource({"FP32, 130, 20, 70", "FP32, 3, 129, 260", "TF32, 130, 20, 70", "TF32, 3, 129, 260"})
  void shouldComeOutTheSameInLargeTiles(GemmPrecision precision, int tokens, int in, int out)
      throws CudaUnavailableException {
    List<List<double[]>> found = new ArrayList<>();
    for (int enoughLargeTiles : new int[] {1, Integer.MAX_VALUE}) {
      EmulatedGpu.get();
      try (CudaRuntime runtime = CudaRuntime.open(0)) {
        CudaGemm gemm = new CudaGemm(runtime, precision, enoughLargeTiles);
        Operands o = new Operands(new CudaMemory(runtime));
        Tensor x = o.filled(tokens, in);
        Tensor weight = o.filled(out, in);
        Tensor dY = o.filled(tokens, out);
        gemm.forward(x, weight, o.result(tokens, out));
        gemm.backwardInput(weight, dY, o.result(tokens, in));
        gemm.backwardWeight(x, dY, o.result(out, in));
        found.add(o.results());
      }
    }
    // Both take each sum in the order of depth.
    Operands.assertSame(found.get(0), found.get(1));
  }

  private static double[] timesOne(GemmPrecision precision, double... factors)
      throws CudaUnavailableException {
    return onGpu(
            precision,
            0,
            (ops, o) -> {
              Tensor x = ops.memory().allocate(Shape.of(factors.length, 1));
              ops.memory().write(x, factors);
              Tensor one = ops.memory().allocate(Shape.of(1, 1));
              ops.memory().fill(one, 1);
              ops.dense().linearForward(x, one, o.result(factors.length, 1));
            })
        .getFirst();
  }

  @Test
  void shouldRoundFactorsToTenBitsWithTiesAwayFromZeroOnTensorCores()
      throws CudaUnavailableException {
    double tie = 1 + 0x1p-11;
    double below = 1 + 0x1p-12;
    double[] factors = {tie, -tie, below, 1 + 0x1p-10, Double.POSITIVE_INFINITY, 0x1.fffffep127};
    assertThat(timesOne(GemmPrecision.TF32, factors))
        .containsExactly(
            1 + 0x1p-10,
            -1 - 0x1p-10,
            1,
            1 + 0x1p-10,
            Double.POSITIVE_INFINITY,
            Double.POSITIVE_INFINITY);
    assertThat(timesOne(GemmPrecision.FP32, factors)).containsExactly(factors);
  }

  @ParameterizedTest
  @CsvSource({"FP32", "TF32"})
  void shouldKeepNanInItsRow(GemmPrecision precision) throws CudaUnavailableException {
    List<double[]> found =
        onGpu(
            precision,
            0,
            (ops, o) -> {
              double[] rows = new double[5 * 3];
              rows[1 * 3 + 2] = Double.NaN;
              Tensor x = ops.memory().allocate(Shape.of(5, 3));
              ops.memory().write(x, rows);
              ops.dense().linearForward(x, o.filled(2, 3), o.result(5, 2));
            });
    double nan = Double.NaN;
    assertThat(found.getFirst()).containsExactly(0, 0, nan, nan, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void shouldCutWeightGradientsOfFewTilesAlongTheTokens() {
    assertThat(CudaGemm.partDepth(4, 2048)).isEqualTo(256);
    assertThat(CudaGemm.partDepth(64, 2048)).isEqualTo(1024);
    assertThat(CudaGemm.partDepth(1, 530)).isEqualTo(272);
    assertThat(CudaGemm.partDepth(1, 511)).isEqualTo(511);
    assertThat(CudaGemm.partDepth(128, 1 << 20)).isEqualTo(1 << 20);
  }
}
