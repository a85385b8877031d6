package io.evenkeel.bench.trainer;

import java.util.List;

/** Medians of measurements. */
final class Median {
  private Median() {}

  /** Of at least one value; the lower of the middle two. */
  static double of(List<Double> values) {
    return values.stream().sorted().skip((values.size() - 1) / 2).findFirst().orElseThrow();
  }

  /** Of the quotients of values measured next to each other. */
  static double ofRatios(List<Double> numerators, List<Double> denominators) {
    if (numerators.size() != denominators.size()) {
      throw new IllegalArgumentException("needs pairs");
    }
    return of(
        java.util.stream.IntStream.range(0, numerators.size())
            .mapToObj(i -> numerators.get(i) / denominators.get(i))
            .toList());
  }
}
