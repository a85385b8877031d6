package io.evenkeel.bench.detection;

import io.evenkeel.contract.signal.StepSignals;
import java.util.Arrays;

/** The plain series of a run that published rules look at: loss and gradient norm, by step. */
public final class Series {
  private long[] steps = new long[1024];
  private double[] losses = new double[1024];
  private double[] gradientNorms = new double[1024];
  private int size;

  void add(StepSignals signals) {
    Double loss = signals.losses().languageModel();
    Double norm = signals.gradientNorm();
    add(signals.key().step(), loss == null ? ABSENT : loss, norm == null ? ABSENT : norm);
  }

  /**
   * Adds a step.
   *
   * @param step its number
   * @param loss nats
   * @param gradientNorm before clipping
   */
  public void add(long step, double loss, double gradientNorm) {
    if (size == steps.length) {
      steps = Arrays.copyOf(steps, 2 * size);
      losses = Arrays.copyOf(losses, 2 * size);
      gradientNorms = Arrays.copyOf(gradientNorms, 2 * size);
    }
    steps[size] = step;
    losses[size] = loss;
    gradientNorms[size] = gradientNorm;
    size++;
  }

  /** Stands for a value that the step does not have: a NaN apart from the one of arithmetic. */
  static final double ABSENT = Double.longBitsToDouble(0x7ff8_0000_0000_0e7eL);

  /** Whether a value is missing rather than not a number. */
  public static boolean absent(double value) {
    return Double.doubleToRawLongBits(value) == Double.doubleToRawLongBits(ABSENT);
  }

  /** Number of steps. */
  public int size() {
    return size;
  }

  /** The step of an index. */
  public long step(int index) {
    return steps[index];
  }

  /** Language-model loss of an index, nats; may be {@link #absent}. */
  public double loss(int index) {
    return losses[index];
  }

  /** Gradient norm of an index, before clipping; may be {@link #absent}. */
  public double gradientNorm(int index) {
    return gradientNorms[index];
  }
}
