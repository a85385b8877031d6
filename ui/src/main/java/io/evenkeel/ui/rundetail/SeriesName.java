package io.evenkeel.ui.rundetail;

import java.util.Optional;

/**
 * A series that only some runs have.
 *
 * @param metric as the database calls it, {@code scalar.NAME} or {@code tensor.COLUMN}; text from
 *     outside
 * @param series which of the metric, a tensor; empty for scalars; text from outside
 */
public record SeriesName(String metric, String series) {
  private static final String SCALAR = "scalar.";
  private static final String TENSOR = "tensor.";
  private static final String BETWEEN = "@";
  private static final int LONGEST = 512;

  /** What people read. */
  public String label() {
    if (metric.startsWith(SCALAR)) {
      return metric.substring(SCALAR.length());
    }
    return series + " · " + metric.substring(TENSOR.length()).replace('_', ' ');
  }

  /** What an address holds. */
  public String id() {
    return series.isEmpty() ? metric : metric + BETWEEN + series;
  }

  /** Reads what an address holds; empty where it is no such thing. */
  public static Optional<SeriesName> of(String id) {
    if (id.length() > LONGEST) {
      return Optional.empty();
    }
    int between = id.indexOf(BETWEEN);
    if (id.startsWith(TENSOR) && between > TENSOR.length()) {
      return Optional.of(new SeriesName(id.substring(0, between), id.substring(between + 1)));
    }
    return id.startsWith(SCALAR) && id.length() > SCALAR.length()
        ? Optional.of(new SeriesName(id, ""))
        : Optional.empty();
  }
}
