package io.evenkeel.bench.trainer;

import io.evenkeel.bench.trainer.StepWork.Product;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** How fast a backend's matrix products are by themselves. */
final class MatrixProducts {
  private static final int LARGE = 1024;
  private static final double SECONDS_A_SHAPE = 0.15;
  private static final int BACKWARD = 2;

  private final TensorOps ops;

  MatrixProducts(TensorOps ops) {
    this.ops = ops;
  }

  /**
   * Rate over these shapes, forward and backward, each weighted by the time it takes: flop/s if a
   * step did nothing else.
   */
  double rate(List<Product> products) {
    double work = 0;
    double seconds = 0;
    for (Product product : products) {
      work += (1 + BACKWARD) * product.forward();
      seconds += product.count() * seconds(product);
    }
    return work / seconds;
  }

  /** Rate of a product of large square matrices, flop/s. */
  double largeRate() {
    Product square = new Product(LARGE, LARGE, LARGE, 1);
    return (1 + BACKWARD) * square.forward() / seconds(square);
  }

  /** Median time of one forward and one backward pass, warm. */
  private double seconds(Product product) {
    Tensor x = filled(product.rows(), product.in());
    Tensor weight = filled(product.out(), product.in());
    Tensor y = filled(product.rows(), product.out());
    Tensor dX = filled(product.rows(), product.in());
    Tensor dWeight = filled(product.out(), product.in());
    Runnable pass =
        () -> {
          ops.dense().linearForward(x, weight, y);
          ops.dense().linearBackward(x, weight, y, dX, dWeight);
        };
    double once = time(pass);
    int repetitions = (int) Math.clamp(SECONDS_A_SHAPE / once, 5, 2000);
    double[] times = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      times[i] = time(pass);
    }
    Arrays.sort(times);
    return times[repetitions / 2];
  }

  private static double time(Runnable pass) {
    long start = System.nanoTime();
    pass.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private Tensor filled(int rows, int columns) {
    Tensor tensor = ops.memory().allocate(Shape.of(rows, columns));
    SplittableRandom random = new SplittableRandom(rows + columns);
    ops.memory().write(tensor, random.doubles(tensor.shape().size(), -1e-3, 1e-3).toArray());
    return tensor;
  }
}
