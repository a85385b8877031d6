package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;

/**
 * Runs the same operations on the reference and on the emulated GPU in both thread orders: the
 * orders must agree to the last bit, and with the reference to rounding.
 */
final class Agreement {
  private Agreement() {}

  /** Numbers, and the size of each against which a difference from them is held. */
  private record Result(double[] values, IntToDoubleFunction scale) {}

  /** A backend with inputs that are alike on all of them. */
  static final class Bench {
    final TensorOps ops;
    private final SplittableRandom random = new SplittableRandom(11);
    private final List<Result> results = new ArrayList<>();

    private Bench(TensorOps ops) {
      this.ops = ops;
    }

    /** Numbers of about unit size, which a float holds exactly. */
    Tensor filled(int... extents) {
      Tensor tensor = ops.memory().allocate(Shape.of(extents));
      double[] values = random.doubles(tensor.shape().size(), -2, 2).map(v -> (float) v).toArray();
      ops.memory().write(tensor, values);
      return tensor;
    }

    /** Multiples of 1/16 from 0 to 15/16, so that many are equal, and sums are exact. */
    Tensor coarse(int... extents) {
      Tensor tensor = ops.memory().allocate(Shape.of(extents));
      double[] values =
          random.ints(tensor.shape().size(), 0, 16).mapToDouble(v -> v / 16.0).toArray();
      ops.memory().write(tensor, values);
      return tensor;
    }

    /** The same tensor with some entries replaced: pairs of index and value. */
    Tensor with(Tensor tensor, double... replaced) {
      double[] values = ops.memory().toArray(tensor);
      for (int i = 0; i < replaced.length; i += 2) {
        values[(int) replaced[i]] = (float) replaced[i + 1];
      }
      ops.memory().write(tensor, values);
      return tensor;
    }

    IndexTensor indices(int from, int below, int size) {
      IndexTensor tensor = ops.memory().allocateIndices(Shape.of(size));
      ops.memory().write(tensor, random.ints(size, from, below).toArray());
      return tensor;
    }

    Statistics statistics(int size) {
      return ops.memory().allocateStatistics(size);
    }

    void keep(Tensor... tensors) {
      for (Tensor tensor : tensors) {
        double[] values = ops.memory().toArray(tensor);
        double largest =
            Arrays.stream(values).filter(Double::isFinite).map(Math::abs).max().orElse(0);
        results.add(new Result(values, i -> largest));
      }
    }

    void keep(IndexTensor indices, int first) {
      int[] values = Arrays.copyOf(ops.memory().toArray(indices), first);
      results.add(new Result(Arrays.stream(values).asDoubleStream().toArray(), i -> 0));
    }

    void keep(Statistics statistics) {
      double[] values = ops.memory().toArray(statistics);
      results.add(new Result(values, i -> Math.max(1, Math.abs(values[i]))));
    }
  }

  /**
   * Runs and compares.
   *
   * @param tolerance largest difference that is allowed: for tensors as a share of the largest
   *     entry, for statistics as a share of the entry, of 1 at least; indices must be equal
   */
  static void check(double tolerance, Consumer<Bench> operations) throws CudaUnavailableException {
    List<Result> expected = run(new ReferenceTensorOps(), operations);
    List<Result> forwards = onDevice(0, operations);
    List<Result> backwards = onDevice(1, operations);
    assertThat(forwards).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(backwards.get(i).values())
          .as("order of threads, result %d", i)
          .isEqualTo(forwards.get(i).values());
      close(tolerance, i, expected.get(i), forwards.get(i).values());
    }
  }

  private static List<Result> onDevice(int backwards, Consumer<Bench> operations)
      throws CudaUnavailableException {
    EmulatedGpu.get().configure("backwards", backwards);
    return run(CudaTensorOps.open(GemmPrecision.FP32, 0), operations);
  }

  private static List<Result> run(TensorOps backend, Consumer<Bench> operations) {
    try (TensorOps ops = backend) {
      Bench bench = new Bench(ops);
      operations.accept(bench);
      return bench.results;
    }
  }

  private static void close(double tolerance, int result, Result expected, double[] found) {
    assertThat(found).hasSameSizeAs(expected.values());
    for (int i = 0; i < found.length; i++) {
      double value = expected.values()[i];
      if (Double.isFinite(value)) {
        double allowed = tolerance * expected.scale().applyAsDouble(i);
        assertThat(found[i]).as("result %d entry %d", result, i).isCloseTo(value, within(allowed));
      } else {
        assertThat(Double.valueOf(found[i]))
            .as("result %d entry %d", result, i)
            .isEqualTo(Double.valueOf(value));
      }
    }
  }
}
