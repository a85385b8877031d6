package io.evenkeel.analytics.signal;

/**
 * Whether all entries of a vector are of some size, by the bits of their exponents: a loop without
 * branches, which compilers turn into vector instructions, as they do not with comparisons.
 */
final class Magnitudes {

  /** The power of two that only infinities and NaN reach. */
  static final int INFINITE = 1024;

  private static final long EXPONENT = 0x7ff0_0000_0000_0000L;
  private static final int FRACTION_BITS = 52;
  private static final int BIAS = 1023;

  /** Exponents are below this, so that one added to what is missing carries into the sign. */
  private static final int CARRIES = 2048;

  private Magnitudes() {}

  /**
   * Whether all entries are finite and smaller than a power of two.
   *
   * @param values entries
   * @param power of the power of two, -1022 to {@value #INFINITE}; with the last: whether all are
   *     finite
   */
  static boolean below(double[] values, int power) {
    long missing = (long) (CARRIES - BIAS - power) << FRACTION_BITS;
    long carried = 0;
    for (double value : values) {
      carried |= (Double.doubleToRawLongBits(value) & EXPONENT) + missing;
    }
    return carried >= 0;
  }

  /** Whether all entries are 0 or -0. */
  static boolean zero(double[] values) {
    long set = 0;
    for (double value : values) {
      set |= Double.doubleToRawLongBits(value);
    }
    return set << 1 == 0;
  }
}
