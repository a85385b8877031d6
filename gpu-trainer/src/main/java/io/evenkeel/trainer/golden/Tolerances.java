package io.evenkeel.trainer.golden;

/**
 * The tolerances of the goldens' report by kind of number. Doubles: 1e-9 of the number itself, with
 * room for rounding near zero. Floats: as the report gives them; what it does not name follows the
 * nearest kind that it does.
 *
 * @param logits logits, hidden states, probabilities
 * @param gradient gradient tensors
 * @param gradientNorm norms over the whole model, clip coefficient
 * @param ratio R_g, R_z and their norms and vectors
 * @param parameter parameters and biases after updates
 * @param loss loss terms
 * @param statistic signals that are means, moments, cosines
 * @param digest of sums in a digest, as share of the root of the sum of squares
 * @param countSlack elements by which a share of elements may be off
 */
record Tolerances(
    Tolerance logits,
    Tolerance gradient,
    Tolerance gradientNorm,
    Tolerance ratio,
    Tolerance parameter,
    Tolerance loss,
    Tolerance statistic,
    double digest,
    double countSlack) {

  /** For a backend of that element size. */
  static Tolerances forElementBits(int bits) {
    if (bits == 64) {
      Tolerance tight = new Tolerance(1e-9, 1e-12, 1e-13);
      return new Tolerances(tight, tight, tight, tight, tight, tight, tight, 1e-12, 0);
    }
    return new Tolerances(
        Tolerance.ofMax(1e-5),
        Tolerance.ofMax(5e-5).orAbsolute(1e-12),
        Tolerance.relative(1e-5),
        new Tolerance(1e-4, 1e-4, 1e-6),
        Tolerance.absolute(1e-5),
        Tolerance.relative(1e-5).orAbsolute(1e-6),
        new Tolerance(1e-4, 0, 1e-5),
        4e-5,
        1);
  }

  /** Of a share among {@code elements}: an element on the threshold may fall to either side. */
  Tolerance share(long elements) {
    return Tolerance.absolute(countSlack / elements + 1e-12);
  }
}
