package io.evenkeel.ui.rundetail;

import static io.evenkeel.ui.store.Columns.text;

import io.evenkeel.ui.chart.Axis;
import io.evenkeel.ui.chart.Knot;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.Stroke;
import io.evenkeel.ui.chart.Trace;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.store.StoreFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lays runs over one another: the charts of a run's page with one series a run, and how their
 * configurations differ. Where a run has a series a layer, the least and the largest over its
 * layers are drawn. Listeners are called on the readers' threads, and must not block. Thread-safe.
 */
@Component
public class Comparisons {
  /** Most runs that can be compared. */
  public static final int MOST = 8;

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int BUCKETS = 400;
  private static final int KNOTS = 256;

  private final JdbcClient database;
  private final SeriesReaders readers;

  Comparisons(JdbcClient database, SeriesReaders readers) {
    this.database = database;
    this.readers = readers;
  }

  /** What lies along the axis. */
  public enum Align {
    STEPS,
    TOKENS
  }

  /**
   * What is asked for.
   *
   * @param runs run ids, at most {@link #MOST}; text from outside
   * @param align what lies along the axis
   * @param window the part of the axis; empty for all
   */
  public record Question(List<String> runs, Align align, Optional<Window> window) {

    /** Copies. */
    public Question {
      runs = runs.stream().distinct().limit(MOST).toList();
    }
  }

  /**
   * A chart of the answer.
   *
   * @param name of the chart, as in {@link RunCharts#overSteps()}
   * @param chart what to draw; null when it could not be read
   * @param fault why it could not be read; null when it could
   */
  public record Answer(
      String name,
      @org.jspecify.annotations.Nullable LineChart chart,
      @org.jspecify.annotations.Nullable StoreFault fault) {}

  /**
   * Reads the charts, each by itself.
   *
   * @return ends it
   */
  public Runnable read(Question question, Consumer<Answer> listener) {
    var ended = new AtomicBoolean();
    // Each run's tokens are read once for all charts.
    Map<String, List<Knot>> tokens = new ConcurrentHashMap<>();
    for (Panel panel : Panel.values()) {
      readers
          .threads()
          .execute(
              () -> {
                if (!ended.get()) {
                  listener.accept(answer(panel, question, tokens));
                }
              });
    }
    return () -> ended.set(true);
  }

  private Answer answer(Panel panel, Question question, Map<String, List<Knot>> tokens) {
    try {
      return new Answer(panel.id(), chart(panel, question, tokens), null);
    } catch (RuntimeException e) {
      return new Answer(panel.id(), null, StoreFault.of(e));
    }
  }

  LineChart chart(Panel panel, Question question, Map<String, List<Knot>> tokens) {
    List<Trace> traces = new ArrayList<>();
    long from = Long.MAX_VALUE;
    long to = 0;
    for (int i = 0; i < question.runs().size(); i++) {
      String run = question.runs().get(i);
      List<Knot> scale =
          question.align() == Align.TOKENS ? tokens.computeIfAbsent(run, this::tokens) : List.of();
      List<Point> points = points(panel, question, run, scale);
      if (!points.isEmpty()) {
        from = Math.min(from, points.get(0).step());
        to = Math.max(to, points.get(points.size() - 1).step());
      }
      traces.add(
          new Trace(
              "run/" + i,
              run,
              run,
              // Colours alone would not do for everybody.
              i % 2 == 0 ? Stroke.SOLID : Stroke.DASHED,
              Axis.LEFT,
              i,
              points));
    }
    long low = from == Long.MAX_VALUE ? 0 : from;
    return new LineChart(
        panel.scale(),
        panel.unit(),
        "",
        question.window().map(Window::from).orElse(low),
        question.window().map(Window::to).orElse(Math.max(low + 1, to)),
        traces,
        PanelCharts.fixedLimits(panel),
        question.window().orElse(null),
        List.of());
  }

  private List<Point> points(Panel panel, Question question, String run, List<Knot> tokens) {
    boolean byTokens = question.align() == Align.TOKENS;
    long from = question.window().map(Window::from).orElse(0L);
    long to = question.window().map(Window::to).orElse(Long.MAX_VALUE >> 1);
    if (byTokens && tokens.isEmpty()) {
      return List.of();
    }
    List<Point> points = new ArrayList<>();
    database
        .sql(
            "select bucket_step, min(min) as low, max(max) as high, max(last) as last, sum(n)::bigint as n"
                + " from ui_v1_series(:run, null, :metric, :from, :to, :buckets)"
                + " group by bucket_step order by bucket_step")
        .param("run", run)
        .param("metric", panel.parts().get(0).metric().seriesName())
        .param("from", byTokens ? step(tokens, from) : from)
        .param("to", byTokens ? step(tokens, to) + 1 : to)
        .param("buckets", BUCKETS)
        .query(
            row -> {
              long step = row.getLong("bucket_step");
              points.add(
                  new Point(
                      byTokens ? count(tokens, step) : step,
                      row.getDouble("low"),
                      row.getDouble("high"),
                      row.getDouble("last"),
                      row.getLong("n")));
            });
    return points;
  }

  // How many tokens a run had seen at the start of some steps; Knot.millis holds the tokens here.
  private List<Knot> tokens(String run) {
    List<Knot> knots = new ArrayList<>();
    double[] sum = {0};
    long[] end = {-1};
    database
        .sql(
            "select bucket_step, mean, n from ui_v1_series(:run, null, 'tokens', 0, null, :buckets)"
                + " order by bucket_step")
        .param("run", run)
        .param("buckets", KNOTS)
        .query(
            row -> {
              knots.add(new Knot(row.getLong("bucket_step"), (long) sum[0]));
              sum[0] += row.getDouble("mean") * row.getLong("n");
              end[0] = row.getLong("bucket_step") + row.getLong("n");
            });
    if (end[0] >= 0) {
      knots.add(new Knot(end[0], (long) sum[0]));
    }
    return knots;
  }

  static long count(List<Knot> tokens, long step) {
    Knot before = tokens.get(0);
    for (Knot knot : tokens) {
      if (knot.step() > step) {
        double part = (step - before.step()) / (double) (knot.step() - before.step());
        return before.millis() + (long) (Math.max(0, part) * (knot.millis() - before.millis()));
      }
      before = knot;
    }
    return before.millis();
  }

  static long step(List<Knot> tokens, long count) {
    Knot before = tokens.get(0);
    for (Knot knot : tokens) {
      if (knot.millis() > count) {
        double part = (count - before.millis()) / (double) (knot.millis() - before.millis());
        return before.step() + (long) (Math.max(0, part) * (knot.step() - before.step()));
      }
      before = knot;
    }
    return before.step();
  }

  /**
   * What differs between the runs' declarations.
   *
   * @return by name, the value of each run in the order asked for; empty where a run has none
   */
  public Map<String, List<String>> differences(List<String> runs) {
    List<Map<String, String>> each = new ArrayList<>();
    for (String run : runs) {
      each.add(
          database
              .sql("select * from ui_v1_runs where run = :run")
              .param("run", run)
              .query(
                  (row, number) -> {
                    Map<String, String> flat = new TreeMap<>();
                    for (String column : List.of("model", "optimizer", "labels")) {
                      flatten(column, text(row, column), flat);
                    }
                    knobs(text(row, "knobs"), flat);
                    for (String column :
                        List.of(
                            "layers",
                            "ffn_experts",
                            "zero_experts",
                            "top_k",
                            "ffn_experts_target",
                            "world_size",
                            "planned_steps")) {
                      flat.put(column, text(row, column));
                    }
                    return flat;
                  })
              .optional()
              .orElse(Map.of()));
    }
    Map<String, List<String>> differing = new LinkedHashMap<>();
    each.stream()
        .flatMap(one -> one.keySet().stream())
        .distinct()
        .sorted()
        .forEach(
            key -> {
              List<String> values = each.stream().map(one -> one.getOrDefault(key, "")).toList();
              if (values.stream().distinct().count() > 1) {
                differing.put(key, values);
              }
            });
    return differing;
  }

  private static void flatten(String name, String json, Map<String, String> flat) {
    try {
      flatten(name, JSON.readTree(json.isEmpty() ? "{}" : json), flat);
    } catch (JacksonException e) {
      flat.put(name, json);
    }
  }

  private static void flatten(String name, JsonNode node, Map<String, String> flat) {
    if (node.isObject()) {
      node.properties()
          .forEach(entry -> flatten(name + "." + entry.getKey(), entry.getValue(), flat));
    } else {
      flat.put(name, node.isString() ? node.asString("") : node.toString());
    }
  }

  // Of a knob its value at the start is configuration; where it stands now is in the charts.
  private static void knobs(String json, Map<String, String> flat) {
    try {
      for (JsonNode knob : JSON.readTree(json.isEmpty() ? "[]" : json)) {
        String label =
            RunReader.label(knob.path("knob").asString(""), knob.path("scope").asString(""));
        flat.put("knob " + label + ", initially", knob.path("initial").toString());
        flat.put(
            "knob " + label + ", bounds",
            knob.path("minimum").toString() + " … " + knob.path("maximum").toString());
      }
    } catch (JacksonException e) {
      flat.put("knobs", json);
    }
  }

  /** The names of the charts, in the order of the page. */
  public static List<String> names() {
    return Arrays.stream(Panel.values()).map(Panel::id).toList();
  }
}
