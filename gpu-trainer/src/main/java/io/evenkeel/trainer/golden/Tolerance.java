package io.evenkeel.trainer.golden;

/**
 * How far a number may lie from the expected one.
 *
 * @param relative share of the expected number itself
 * @param ofMax share of the largest magnitude in the expected tensor
 * @param absolute plain allowance
 */
record Tolerance(double relative, double ofMax, double absolute) {
  /** Equal, to the last bit. */
  static final Tolerance EXACT = new Tolerance(0, 0, 0);

  static Tolerance relative(double relative) {
    return new Tolerance(relative, 0, 0);
  }

  static Tolerance ofMax(double share) {
    return new Tolerance(0, share, 0);
  }

  static Tolerance absolute(double allowance) {
    return new Tolerance(0, 0, allowance);
  }

  Tolerance orAbsolute(double allowance) {
    return new Tolerance(relative, ofMax, absolute + allowance);
  }

  double allowed(double expected, double max) {
    return relative * Math.abs(expected) + ofMax * max + absolute;
  }
}
