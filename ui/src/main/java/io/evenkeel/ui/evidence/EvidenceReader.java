package io.evenkeel.ui.evidence;

import static io.evenkeel.ui.store.Columns.text;

import io.evenkeel.ui.chart.Axis;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.chart.Limit;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.Scale;
import io.evenkeel.ui.chart.Stroke;
import io.evenkeel.ui.chart.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the series behind alerts. Every answer is bounded, however long the run. */
@Component
public class EvidenceReader {
  private static final int BUCKETS = 500;
  private static final int MOST_SERIES = 12;

  private final JdbcClient database;

  /** A reader of the database. */
  public EvidenceReader(JdbcClient database) {
    this.database = database;
  }

  /**
   * Which steps of which run, and what for.
   *
   * @param run run id
   * @param incarnation incarnation; null for the steps that are current
   * @param rule rule id
   * @param expression of a user's own rule, as far as it is known
   * @param scope {@code run}, {@code layers/3} or {@code tensors/NAME}; empty for all
   * @param threshold limit at the firing; NaN if there is none
   * @param from first step
   * @param to last step; {@link Long#MAX_VALUE} for the end of the run
   */
  public record Wanted(
      String run,
      @Nullable Integer incarnation,
      String rule,
      String expression,
      String scope,
      double threshold,
      long from,
      long to) {}

  /** Reads. */
  public Evidence read(Wanted wanted) {
    Look look = Look.of(wanted.rule(), wanted.expression());
    Map<String, List<Point>> series = series(wanted, look.metric());
    List<Trace> traces = new ArrayList<>();
    String own = wanted.scope().replaceFirst("^(layers|tensors)/", "");
    series.entrySet().stream()
        .filter(entry -> !series.containsKey(own) || entry.getKey().equals(own))
        .sorted(Comparator.comparing(entry -> -largest(entry.getValue())))
        .limit(MOST_SERIES)
        .forEach(
            entry ->
                traces.add(
                    new Trace(
                        look.metric() + "/" + entry.getKey(),
                        name(entry.getKey(), look),
                        name(entry.getKey(), look),
                        Stroke.SOLID,
                        Axis.LEFT,
                        traces.size(),
                        entry.getValue())));
    boolean limited =
        look.limit() == Look.Threshold.OF_THE_METRIC && Double.isFinite(wanted.threshold());
    boolean positive = wanted.threshold() > 0;
    var chart =
        new LineChart(
            limited && !positive ? Scale.LINEAR : look.scale(),
            "",
            "",
            wanted.from(),
            last(wanted, series),
            traces,
            limited
                ? List.of(
                    new Limit(
                        wanted.threshold(),
                        "limit " + Figures.figure(wanted.threshold()),
                        Limit.Kind.CEILING))
                : List.of());
    return new Evidence(look.title(), description(chart, limited), chart);
  }

  private static long last(Wanted wanted, Map<String, List<Point>> series) {
    return wanted.to() != Long.MAX_VALUE
        ? wanted.to()
        : series.values().stream()
            .mapToLong(points -> points.get(points.size() - 1).step())
            .max()
            .orElse(wanted.from());
  }

  private static String description(LineChart chart, boolean limited) {
    String steps =
        "Steps " + Figures.count(chart.from()) + " to " + Figures.count(chart.to()) + ". ";
    return limited
        ? steps + "The line is the rule's limit; the band is the incident."
        : steps + "The rule compares it with the run's own past; the band is the incident.";
  }

  private static double largest(List<Point> points) {
    return points.stream()
        .mapToDouble(Point::max)
        .map(value -> Double.isNaN(value) ? Double.MAX_VALUE : value)
        .max()
        .orElse(0);
  }

  private static String name(String series, Look look) {
    if (series.isEmpty()) {
      return look.title();
    }
    return look.metric().startsWith("tensor.") ? series : "layer " + series;
  }

  private Map<String, List<Point>> series(Wanted wanted, String metric) {
    Map<String, List<Point>> bySeries = new LinkedHashMap<>();
    database
        .sql(
            "select series, bucket_step, min, max, last, n"
                + " from ui_v1_series(:run, :incarnation::integer, :metric, :from, :to::bigint, :buckets)"
                + " order by series, bucket_step limit 100000")
        .param("run", wanted.run())
        .param("incarnation", wanted.incarnation())
        .param("metric", metric)
        .param("from", wanted.from())
        .param("to", wanted.to() == Long.MAX_VALUE ? null : wanted.to())
        .param("buckets", BUCKETS)
        .query(
            row -> {
              bySeries
                  .computeIfAbsent(text(row, "series"), series -> new ArrayList<>())
                  .add(
                      new Point(
                          row.getLong("bucket_step"),
                          row.getDouble("min"),
                          row.getDouble("max"),
                          row.getDouble("last"),
                          row.getLong("n")));
            });
    return bySeries;
  }
}
