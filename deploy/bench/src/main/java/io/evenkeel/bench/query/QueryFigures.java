package io.evenkeel.bench.query;

import io.evenkeel.bench.query.QueryComparison.Times;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was measured.
 *
 * @param steps length of the series
 * @param loadSeconds time of loading the rows
 * @param rollSeconds time of rolling them up
 * @param millis times of all answers; not empty
 * @param any ranges between two random steps, asked of roll-ups and rows; not empty
 * @param magnitudes ranges of a random order of magnitude, the same
 * @param whole the whole series, the same
 * @param wrong answers that were not the rows'
 * @param rollUpBytes bytes of the roll-ups on disk
 * @param rowBytes bytes of the rows on disk
 */
record QueryFigures(
    long steps,
    double loadSeconds,
    double rollSeconds,
    List<Double> millis,
    Times any,
    Times magnitudes,
    Times whole,
    int wrong,
    long rollUpBytes,
    long rowBytes) {

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("steps", steps);
    json.put("queries", millis.size());
    json.put("p50_ms", quantile(millis, 0.5));
    json.put("p95_ms", quantile(millis, 0.95));
    json.put("max_ms", quantile(millis, 1));
    json.put("ratio_to_raw_rows", ratio(any));
    json.put("ratio_to_raw_rows_any_magnitude", ratio(magnitudes));
    json.put("ratio_to_raw_rows_whole", ratio(whole));
    json.put("raw_p50_ms", quantile(any.rows(), 0.5));
    json.put("whole_ms", quantile(whole.rollUps(), 0.5));
    json.put("whole_raw_ms", quantile(whole.rows(), 0.5));
    json.put("wrong_answers", wrong);
    json.put("load_s", loadSeconds);
    json.put("rollup_s", rollSeconds);
    json.put("rollup_steps_per_s", steps / rollSeconds);
    json.put("rollup_bytes_per_raw_byte", (double) rollUpBytes / rowBytes);
    json.put("rollup_bytes_per_step", (double) rollUpBytes / steps);
    json.put("raw_bytes_per_step", (double) rowBytes / steps);
    return json;
  }

  void print(PrintWriter out) {
    json()
        .forEach(
            (key, value) ->
                out.println(
                    value instanceof Double number
                        ? "%-32s %12.3f".formatted(key, number)
                        : "%-32s %12s".formatted(key, value)));
    out.flush();
  }

  /** Median over the rows, over the median over roll-ups. */
  private static double ratio(Times times) {
    return quantile(times.rows(), 0.5) / quantile(times.rollUps(), 0.5);
  }

  /** The nearest rank. */
  static double quantile(List<Double> values, double share) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
  }
}
