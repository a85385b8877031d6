package io.evenkeel.bench.analytics;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The line through points by least squares.
 *
 * @param intercept cost of a step whatever its ranks
 * @param slope cost of a rank
 * @param determination R^2: 1 if the points lie on the line
 */
record LinearFit(
    @JsonProperty("intercept") double intercept,
    @JsonProperty("slope") double slope,
    @JsonProperty("r_squared") double determination) {

  static LinearFit of(double[] x, double[] y) {
    double meanX = mean(x);
    double meanY = mean(y);
    double covariance = 0;
    double varianceX = 0;
    double varianceY = 0;
    for (int i = 0; i < x.length; i++) {
      covariance += (x[i] - meanX) * (y[i] - meanY);
      varianceX += (x[i] - meanX) * (x[i] - meanX);
      varianceY += (y[i] - meanY) * (y[i] - meanY);
    }
    double slope = covariance / varianceX;
    return new LinearFit(
        meanY - slope * meanX, slope, covariance * covariance / (varianceX * varianceY));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
