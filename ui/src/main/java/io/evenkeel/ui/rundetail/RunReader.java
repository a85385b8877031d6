package io.evenkeel.ui.rundetail;

import static io.evenkeel.ui.store.Columns.figure;
import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.whole;

import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.chart.Knot;
import io.evenkeel.ui.chart.LayerLoads;
import io.evenkeel.ui.chart.LoadMap;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.TensorBar;
import io.evenkeel.ui.runs.RunHeader;
import java.sql.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the steps of a run. Every answer is bounded, however long the run. */
@Component
class RunReader {
  static final int BUCKETS = 600;
  private static final int MOST_ROWS = 20_000;
  private static final int MOST_KNOTS = 200;
  private static final int MOST_TENSORS = 14;
  private static final int MOST_ALERTS = 200;
  private static final int MOST_COMMANDS = 80;

  private final JdbcClient database;

  RunReader(JdbcClient database) {
    this.database = database;
  }

  /**
   * The last step with signals; -1 before the first. Looked for among the last steps that have been
   * told of, as a run may have millions.
   */
  long lastStep(String run) {
    return database
        .sql(
            "select coalesce("
                + "(select max(step) from ui_v1_run_steps where run = :run and step >"
                + " (select last_step from ui_v1_runs where run = :run) - 1024),"
                + " (select last_step from ui_v1_runs where run = :run and rows_given_up),"
                + " (select max(step) from ui_v1_run_steps where run = :run), -1)")
        .param("run", run)
        .query(Long.class)
        .single();
  }

  /** A metric's history between two steps, in buckets: of the current steps of all incarnations. */
  Map<String, List<Point>> series(String run, String metric, long from, long end, int buckets) {
    return series(run, null, metric, from, end, buckets);
  }

  /** A metric's history in one incarnation, also where a newer one has superseded it. */
  Map<String, List<Point>> series(
      String run, @Nullable Integer incarnation, String metric, long from, long end, int buckets) {
    Map<String, List<Point>> bySeries = new TreeMap<>(Series.ORDER);
    database
        .sql(
            "select series, bucket_step, min, max, last, n"
                + " from ui_v1_series(:run, cast(:incarnation as integer), :metric, :from, :end, :buckets)"
                + " order by series, bucket_step")
        .param("run", run)
        .param("incarnation", incarnation)
        .param("metric", metric)
        .param("from", from)
        .param("end", end)
        .param("buckets", buckets)
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

  /** The wall times of up to 200 steps between two, ascending; none where rows are given up. */
  List<Knot> clock(String run, long from, long to) {
    long stride = Math.max(1, (to - from) / MOST_KNOTS);
    return database
        .sql(
            "select wanted.step, one.at from (select generate_series(:from, :to, :stride) union select :to) wanted (step)"
                + " cross join lateral (select at from ui_v1_run_steps"
                + " where run = :run and step = wanted.step offset 0) one order by wanted.step")
        .param("run", run)
        .param("from", from)
        .param("to", to)
        .param("stride", stride)
        .query(
            (row, number) ->
                new Knot(row.getLong("step"), row.getTimestamp("at").toInstant().toEpochMilli()))
        .list();
  }

  /** The incarnations older than the newest, with the steps of each that newer ones took back. */
  List<Taken> takenBack(String run) {
    return database
        .sql(
            "select incarnation, from_step, last_step from (select incarnation, last_step,"
                + " min(first_step) over (order by incarnation rows between 1 following and unbounded following) as from_step"
                + " from ui_v1_telemetry_counts where run = :run) i"
                + " where from_step <= last_step order by incarnation desc limit 4")
        .param("run", run)
        .query(
            (row, number) ->
                new Taken(
                    row.getInt("incarnation"), row.getLong("from_step"), row.getLong("last_step")))
        .list();
  }

  /** The loads of every layer at the last step up to {@code step} that has any. */
  LayerLoads layerLoads(RunHeader header, long step) {
    List<Long> found = new ArrayList<>();
    List<LayerLoads.Layer> layers =
        database
            .sql(
                "select step, layer, load from ui_v1_layer_steps where run = :run and step ="
                    + " (select max(step) from ui_v1_layer_steps where run = :run and layer = 0"
                    + " and step between :step - 256 and :step) order by layer limit 512")
            .param("run", header.run())
            .param("step", step)
            .query(
                (row, number) -> {
                  found.add(row.getLong("step"));
                  return new LayerLoads.Layer(row.getInt("layer"), floats(row.getArray("load")));
                })
            .list();
    return new LayerLoads(
        found.isEmpty() ? step : found.get(0),
        header.ffnExperts(),
        header.ffnExperts() + header.zeroExperts(),
        layers);
  }

  /**
   * The steps of a view after {@code step}.
   *
   * @return values by metric and series, and the last step read
   */
  Rows after(String run, Metric.Table table, Collection<Metric> metrics, long step) {
    String columns = metrics.stream().map(Metric::column).collect(Collectors.joining(", "));
    Map<Metric, Map<String, List<Point>>> values = new EnumMap<>(Metric.class);
    long[] last = {step};
    database
        .sql(
            "select step, %s as series, %s from %s where run = :run and step > :step%s order by step limit %d"
                .formatted(table.series(), columns, table.view(), table.condition(), MOST_ROWS))
        .param("run", run)
        .param("step", step)
        .query(
            row -> {
              last[0] = row.getLong("step");
              for (Metric metric : metrics) {
                double value = row.getDouble(metric.column());
                if (!row.wasNull()) {
                  values
                      .computeIfAbsent(metric, name -> new TreeMap<>(Series.ORDER))
                      .computeIfAbsent(text(row, "series"), series -> new ArrayList<>())
                      .add(Point.at(last[0], value));
                }
              }
            });
    return new Rows(values, last[0]);
  }

  /** Knobs and scopes in force at the end, as a list of [knob, scope]. */
  List<List<String>> knobNames(String run, long end) {
    return database
        .sql(
            "select distinct knob, scope from ui_v1_knob_steps where run = :run"
                + " and step between :end - 1 and :end order by knob, scope limit 60")
        .param("run", run)
        .param("end", end)
        .query((row, number) -> List.of(text(row, "knob"), text(row, "scope")))
        .list();
  }

  /** The values of knobs after {@code step}, by label. */
  Map<String, List<Point>> knobsAfter(String run, long step) {
    Map<String, List<Point>> values = new TreeMap<>();
    database
        .sql(
            "select step, knob, scope, value from ui_v1_knob_steps where run = :run and step > :step"
                + " order by step limit "
                + MOST_ROWS)
        .param("run", run)
        .param("step", step)
        .query(
            row -> {
              values
                  .computeIfAbsent(
                      label(text(row, "knob"), text(row, "scope")), label -> new ArrayList<>())
                  .add(Point.at(row.getLong("step"), row.getDouble("value")));
            });
    return values;
  }

  static String label(String knob, String scope) {
    return scope.isEmpty() ? knob : knob + " · " + scope;
  }

  /**
   * Loads of a layer at every {@code stride}-th step after {@code after} up to {@code to}, each
   * fetched by itself: the rows between them may be millions.
   */
  List<LoadMap.Column> loads(String run, int layer, long after, long to, int stride) {
    return database
        .sql(
            "select wanted.step, one.load"
                + " from generate_series((:after + :stride) / :stride * :stride, :to, :stride) wanted (step)"
                + " cross join lateral (select load from ui_v1_layer_steps"
                + " where run = :run and layer = :layer and step = wanted.step offset 0) one"
                + " order by wanted.step limit 1000")
        .param("run", run)
        .param("layer", layer)
        .param("after", after)
        .param("to", to)
        .param("stride", (long) stride)
        .query(
            (row, number) -> new LoadMap.Column(row.getLong("step"), floats(row.getArray("load"))))
        .list();
  }

  /** The tensors of the last step whose gradients come closest to epsilon. */
  List<TensorBar> tensors(String run, long from, long to) {
    return database
        .sql(
            "select tensor, gradient_rms, epsilon_over_rms from ui_v1_tensor_steps"
                + " where run = :run and step = (select step from ui_v1_tensor_steps"
                + " where run = :run and step between :from and :to order by step desc limit 1)"
                + " order by epsilon_over_rms desc nulls last, tensor limit "
                + MOST_TENSORS)
        .param("run", run)
        .param("from", from)
        .param("to", to)
        .query(
            (row, number) -> {
              double ratio = row.getDouble("epsilon_over_rms");
              return new TensorBar(
                  text(row, "tensor"),
                  row.getDouble("gradient_rms"),
                  row.wasNull() ? Double.NaN : ratio);
            })
        .list();
  }

  /** Incidents, newest first. */
  List<AlertSpan> alerts(String run) {
    return database
        .sql(
            "select alert_id, rule, scope, severity, state, first_step, fired_step, resolved_step, value,"
                + " threshold, summary from ui_v1_alerts where run = :run"
                + " order by first_step desc limit "
                + MOST_ALERTS)
        .param("run", run)
        .query(
            (row, number) ->
                new AlertSpan(
                    text(row, "alert_id"),
                    text(row, "rule"),
                    text(row, "scope"),
                    text(row, "severity"),
                    text(row, "state"),
                    row.getLong("first_step"),
                    whole(row, "fired_step"),
                    whole(row, "resolved_step"),
                    row.getDouble("value"),
                    row.getDouble("threshold"),
                    text(row, "summary")))
        .list();
  }

  /** The newest commands that took effect, oldest first. */
  List<CommandMark> commands(String run) {
    return database
        .sql(
            "select * from (select epoch, sequence, applied_step, knob, scope, action, ack_from, ack_to,"
                + " value_from, value_to from ui_v1_commands where run = :run and status = 'applied'"
                + " and applied_step is not null order by epoch desc, sequence desc limit "
                + MOST_COMMANDS
                + ") newest order by applied_step, epoch, sequence")
        .param("run", run)
        .query(
            (row, number) -> {
              String action = text(row, "action");
              String knob = action.isEmpty() ? text(row, "knob") : action;
              Double to = figure(row, "ack_to");
              String change =
                  action.isEmpty()
                      ? " " + Figures.figure(figure(row, "ack_from")) + " → " + Figures.figure(to)
                      : "";
              return new CommandMark(
                  row.getLong("epoch"),
                  row.getLong("sequence"),
                  row.getLong("applied_step"),
                  knob,
                  text(row, "scope"),
                  to == null ? Double.NaN : to,
                  "#" + row.getLong("sequence") + " " + knob + change);
            })
        .list();
  }

  private static float[] floats(Array array) throws java.sql.SQLException {
    Object[] boxed = (Object[]) array.getArray();
    float[] values = new float[boxed.length];
    for (int i = 0; i < boxed.length; i++) {
      values[i] = boxed[i] == null ? Float.NaN : ((Number) boxed[i]).floatValue();
    }
    return values;
  }

  /**
   * Steps that newer incarnations took back.
   *
   * @param incarnation whose they are
   * @param from first of them
   * @param to last of them
   */
  record Taken(int incarnation, long from, long to) {}

  /**
   * New steps.
   *
   * @param values by metric and series
   * @param last last step read
   */
  record Rows(Map<Metric, Map<String, List<Point>>> values, long last) {}
}
