package io.evenkeel.trainer.ops.cpu;

import java.util.Arrays;

/**
 * Buffers that grow to the largest size asked for and stay: contents are lost from one use to the
 * next.
 */
final class Scratch {
  private float[] floats = {};
  private double[] doubles = {};
  private int[] integers = {};

  /** One for each worker. */
  static Scratch[] array(int workers) {
    Scratch[] all = new Scratch[workers];
    Arrays.setAll(all, i -> new Scratch());
    return all;
  }

  float[] floats(int size) {
    if (floats.length < size) {
      floats = new float[size];
    }
    return floats;
  }

  double[] doubles(int size) {
    if (doubles.length < size) {
      doubles = new double[size];
    }
    return doubles;
  }

  int[] integers(int size) {
    if (integers.length < size) {
      integers = new int[size];
    }
    return integers;
  }
}
