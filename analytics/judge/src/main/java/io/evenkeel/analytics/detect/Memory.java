package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a detector remembers of one scope: observations so far, a few numbers of its own, and up to
 * {@value #MAX_WINDOWS} windows. Immutable. One type for all detectors, so that one serialiser
 * keeps every detector's state.
 */
public final class Memory {

  /** Samples that say how large something is at present. */
  private static final int SAMPLES = 3;

  private static final int MAX_WINDOWS = 8;

  private static final SampleWindow NO_WINDOW = SampleWindow.ofCapacity(1);

  /** Nothing observed. */
  public static final Memory EMPTY = new Memory(0, new double[0], List.of(NO_WINDOW));

  private final long observations;
  private final double[] numbers;
  private final List<SampleWindow> windows;

  private Memory(long observations, double[] numbers, List<SampleWindow> windows) {
    this.observations = observations;
    this.numbers = numbers;
    this.windows = windows;
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

  /** The first window; empty if none has been set. */
  SampleWindow window() {
    return windows.get(0);
  }

  /**
   * Window {@code i}, with room for {@code capacity} values; empty if it has not been set.
   *
   * @param i index, from 0
   * @param capacity values that the detector asks for now, which a release may change
   */
  SampleWindow window(int i, int capacity) {
    return i < windows.size()
        ? windows.get(i).withCapacity(capacity)
        : SampleWindow.ofCapacity(capacity);
  }

  /** Window {@code i} as it is, which must have been set. */
  SampleWindow window(int i) {
    return windows.get(i);
  }

  /** Whether all numbers are finite: sums of absurd figures can overflow, and would stay so. */
  boolean sound() {
    for (double number : numbers) {
      if (!Double.isFinite(number)) {
        return false;
      }
    }
    return true;
  }

  /** The same observations, with these windows and numbers. */
  Memory with(List<SampleWindow> newWindows, double... newNumbers) {
    return new Memory(observations, newNumbers, List.copyOf(newWindows));
  }

  /** One observation more, with these numbers and the same window. */
  Memory next(double... newNumbers) {
    return new Memory(observations + 1, newNumbers, windows);
  }

  /** The same, and {@code sample} among the last few. */
  Memory nextWithSample(double sample, double... newNumbers) {
    return new Memory(observations + 1, newNumbers, List.of(window(0, SAMPLES).with(sample)));
  }

  /** The median of the last few samples: one wild sample does not move it. */
  double magnitude() {
    return window().median();
  }

  /** One observation more, with this window and these numbers. */
  Memory next(SampleWindow newWindow, double... newNumbers) {
    return new Memory(observations + 1, newNumbers, List.of(newWindow));
  }

  /** One observation more, with these windows and numbers. */
  Memory next(List<SampleWindow> newWindows, double... newNumbers) {
    return new Memory(observations + 1, newNumbers, List.copyOf(newWindows));
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(observations);
    out.writeInt(numbers.length);
    for (double number : numbers) {
      out.writeDouble(number);
    }
    out.writeByte(windows.size());
    for (SampleWindow window : windows) {
      window.write(out);
    }
  }

  static Memory read(DataInput in) throws IOException {
    long observations = in.readLong();
    double[] numbers = readNumbers(in);
    int count = in.readByte();
    if (count < 1 || count > MAX_WINDOWS) {
      throw new IOException("a memory of " + count + " windows");
    }
    List<SampleWindow> windows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      windows.add(SampleWindow.read(in));
    }
    return new Memory(observations, numbers, List.copyOf(windows));
  }

  /** Reads what the first release wrote: one window, and no count of them. */
  static Memory readOneWindow(DataInput in) throws IOException {
    long observations = in.readLong();
    double[] numbers = readNumbers(in);
    return new Memory(observations, numbers, List.of(SampleWindow.read(in)));
  }

  private static double[] readNumbers(DataInput in) throws IOException {
    double[] numbers = new double[in.readInt()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.readDouble();
    }
    return numbers;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Memory memory
        && observations == memory.observations
        && Arrays.equals(numbers, memory.numbers)
        && windows.equals(memory.windows);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(observations) * 31 + Arrays.hashCode(numbers);
  }
}
