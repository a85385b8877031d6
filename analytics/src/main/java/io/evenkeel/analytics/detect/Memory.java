package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * What a detector remembers of one scope: observations so far, a few numbers of its own, and a
 * window. Immutable. One type for all detectors, so that one serialiser keeps every detector's
 * state.
 */
public final class Memory {

  /** Samples that say how large something is at present. */
  private static final int SAMPLES = 3;

  private static final SampleWindow NO_WINDOW = SampleWindow.ofCapacity(1);

  /** Nothing observed. */
  public static final Memory EMPTY = new Memory(0, new double[0], NO_WINDOW);

  private final long observations;
  private final double[] numbers;
  private final SampleWindow window;

  private Memory(long observations, double[] numbers, SampleWindow window) {
    this.observations = observations;
    this.numbers = numbers;
    this.window = window;
  }

  /** Observations so far. */
  long observations() {
    return observations;
  }

  /** Numbers remembered. */
  int numbers() {
    return numbers.length;
  }

  /** Number {@code i}; {@code otherwise} if it has not been set. */
  double number(int i, double otherwise) {
    return i < numbers.length ? numbers[i] : otherwise;
  }

  /** The window; empty if none has been set. */
  SampleWindow window() {
    return window;
  }

  /** One observation more, with these numbers and the same window. */
  Memory next(double... newNumbers) {
    return new Memory(observations + 1, newNumbers, window);
  }

  /** The same, and {@code sample} among the last few. */
  Memory nextWithSample(double sample, double... newNumbers) {
    SampleWindow samples = window == NO_WINDOW ? SampleWindow.ofCapacity(SAMPLES) : window;
    return new Memory(observations + 1, newNumbers, samples.withCapacity(SAMPLES).with(sample));
  }

  /** The median of the last few samples: one wild sample does not move it. */
  double magnitude() {
    return window.median();
  }

  /** One observation more, with this window and these numbers. */
  Memory next(SampleWindow newWindow, double... newNumbers) {
    return new Memory(observations + 1, newNumbers, newWindow);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(observations);
    out.writeInt(numbers.length);
    for (double number : numbers) {
      out.writeDouble(number);
    }
    window.write(out);
  }

  static Memory read(DataInput in) throws IOException {
    long observations = in.readLong();
    double[] numbers = new double[in.readInt()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.readDouble();
    }
    return new Memory(observations, numbers, SampleWindow.read(in));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Memory memory
        && observations == memory.observations
        && Arrays.equals(numbers, memory.numbers)
        && window.equals(memory.window);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(observations) * 31 + Arrays.hashCode(numbers);
  }
}
