package io.evenkeel.trainer.layer;

/**
 * Power sums over the finite entries of a tensor, and what follows from them. Population moments.
 *
 * @param count finite entries
 * @param sum of x
 * @param sumSquares of x^2
 * @param sumCubes of x^3
 * @param sumFourths of x^4
 * @param maxAbs largest |x|, 0 when there is none
 * @param aboveThreshold entries with |x| &gt; threshold
 * @param nonFinite NaN and infinite entries, in none of the above
 */
public record PowerSums(
    long count,
    double sum,
    double sumSquares,
    double sumCubes,
    double sumFourths,
    double maxAbs,
    long aboveThreshold,
    long nonFinite) {

  static PowerSums read(double[] statistics, int at, int elements) {
    long nonFinite = (long) statistics[at + 6];
    return new PowerSums(
        elements - nonFinite,
        statistics[at],
        statistics[at + 1],
        statistics[at + 2],
        statistics[at + 3],
        statistics[at + 4],
        (long) statistics[at + 5],
        nonFinite);
  }

  /** Those of both tensors together. */
  PowerSums plus(PowerSums other) {
    return new PowerSums(
        count + other.count,
        sum + other.sum,
        sumSquares + other.sumSquares,
        sumCubes + other.sumCubes,
        sumFourths + other.sumFourths,
        Math.max(maxAbs, other.maxAbs),
        aboveThreshold + other.aboveThreshold,
        nonFinite + other.nonFinite);
  }

  /** Mean; NaN when there is no finite entry. */
  public double mean() {
    return sum / count;
  }

  /** Second central moment. */
  public double variance() {
    return Math.max(0, sumSquares / count - mean() * mean());
  }

  /** Population standard deviation. */
  public double standardDeviation() {
    return Math.sqrt(variance());
  }

  /** Root mean square. */
  public double rms() {
    return Math.sqrt(sumSquares / count);
  }

  /** m4 / m2^2; 3 for a Gaussian. */
  public double kurtosis() {
    double mean = mean();
    double fourth =
        sumFourths / count
            - 4 * mean * sumCubes / count
            + 6 * mean * mean * sumSquares / count
            - 3 * mean * mean * mean * mean;
    return fourth / (variance() * variance());
  }

  /** Share of finite entries above the threshold. */
  public double aboveThresholdShare() {
    return (double) aboveThreshold / count;
  }
}
