package io.evenkeel.bench.live;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;

/**
 * Times, ms.
 *
 * @param count measured
 * @param p50 median
 * @param p99 of a hundred, one took longer
 * @param longest the longest
 */
public record Latency(
    @JsonProperty("count") int count,
    @JsonProperty("p50_ms") double p50,
    @JsonProperty("p99_ms") double p99,
    @JsonProperty("longest_ms") double longest) {

  /**
   * Of times in any order.
   *
   * @param millis at least one
   */
  public static Latency of(double[] millis) {
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return new Latency(n, sorted[n / 2], sorted[(int) Math.ceil(0.99 * n) - 1], sorted[n - 1]);
  }

  /** One line for people. */
  public void print(PrintWriter out, String what) {
    out.printf(
        Locale.ROOT,
        "%s: p50 %.1f ms, p99 %.1f ms, longest %.1f ms (%d)%n",
        what,
        p50,
        p99,
        longest,
        count);
    out.flush();
  }
}
