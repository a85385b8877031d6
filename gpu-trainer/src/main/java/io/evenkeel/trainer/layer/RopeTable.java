package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;

/**
 * Cosines and sines of the rotary angles {@code s * base^(-2j/dh)}.
 *
 * @param cosines [S, dh/2]
 * @param sines [S, dh/2]
 */
public record RopeTable(Tensor cosines, Tensor sines) {
  /** Computes the table in double precision. */
  public static RopeTable create(TensorMemory memory, int length, int headWidth, double base) {
    int half = headWidth / 2;
    double[] cosines = new double[length * half];
    double[] sines = new double[length * half];
    for (int s = 0; s < length; s++) {
      for (int j = 0; j < half; j++) {
        double angle = s * Math.pow(base, -2.0 * j / headWidth);
        cosines[s * half + j] = Math.cos(angle);
        sines[s * half + j] = Math.sin(angle);
      }
    }
    Tensor cosineTensor = memory.allocate(Shape.of(length, half));
    Tensor sineTensor = memory.allocate(Shape.of(length, half));
    memory.write(cosineTensor, cosines);
    memory.write(sineTensor, sines);
    return new RopeTable(cosineTensor, sineTensor);
  }
}
