package io.evenkeel.standalone.replay;

import java.io.PrintStream;
import java.util.Locale;

/** Prints a line of progress at most every two seconds. */
final class Ticker {
  private static final long PERIOD_NANOS = 2_000_000_000L;

  private final PrintStream out;
  private long last = System.nanoTime();

  Ticker(PrintStream out) {
    this.out = out;
  }

  /** A line about one part, now. */
  void line(String part, String text) {
    out.printf(Locale.ROOT, "  %-11s %s%n", part, text);
    out.flush();
  }

  /** The same if it is time again; the numbers are put into the pattern only then. */
  void now(String part, String pattern, long... numbers) {
    long now = System.nanoTime();
    if (now - last >= PERIOD_NANOS) {
      last = now;
      Object[] boxed = new Object[numbers.length];
      for (int i = 0; i < numbers.length; i++) {
        boxed[i] = numbers[i];
      }
      line(part, String.format(Locale.ROOT, pattern, boxed));
    }
  }
}
