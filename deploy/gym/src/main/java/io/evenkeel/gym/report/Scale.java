package io.evenkeel.gym.report;

/** How a chart's vertical axis runs. */
enum Scale {
  /** Evenly. */
  LINEAR {
    @Override
    double of(double value) {
      return value;
    }
  },
  /** By decades; zero and less cannot be shown. */
  LOGARITHMIC {
    @Override
    double of(double value) {
      return value > 0 ? Math.log10(value) : Double.NaN;
    }
  };

  /** The value's place on an even axis; NaN where it has none. */
  abstract double of(double value);
}
