package io.evenkeel.ui.runs;

import static io.evenkeel.ui.store.Columns.figure;
import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;
import static io.evenkeel.ui.store.Columns.whole;

import io.evenkeel.ui.labels.RunLabel;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads {@code ui_v1_runs}. */
@Component
public class RunsReader {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_RUNS = 500;
  private static final int LOSS_BUCKETS = 40;
  private static final int LINES = 20;
  private static final int TAILS = 100;

  private final JdbcClient database;

  /** A reader of the database. */
  public RunsReader(JdbcClient database) {
    this.database = database;
  }

  /** The newest runs first. */
  public List<RunRow> all() {
    Map<String, String> modes = modes();
    List<RunHeader> headers =
        database
            .sql("select * from ui_v1_runs order by started_at desc nulls last limit :most")
            .param("most", MOST_RUNS)
            .query((row, number) -> header(row))
            .list();
    Map<String, Tail> tails = tails();
    Map<String, RunRow.Signal> alarms = alarms(headers);
    List<RunRow> rows = new ArrayList<>();
    for (RunHeader header : headers) {
      Tail tail = tails.getOrDefault(header.run(), Tail.NONE);
      RunRow.Signal worst = alarms.get(header.run());
      rows.add(
          new RunRow(
              header,
              tail.ratio(),
              modes.getOrDefault(header.run(), ""),
              // The first screen's worth; a line for each of hundreds would cost more than it
              // tells.
              rows.size() < LINES ? losses(header.run()) : List.of(),
              header.isRunning() ? tail.tokensPerSecond() : null,
              worst == null ? tail.worst() : worst,
              RunLabel.none(header.run())));
    }
    return rows;
  }

  // What the last steps of the newest runs tell, in one query for all.
  private Map<String, Tail> tails() {
    Map<String, Tail> tails = new HashMap<>();
    database
        .sql(
            "select r.run, t.* from (select run, last_step from ui_v1_runs order by started_at desc nulls last limit "
                + TAILS
                + ") r cross join lateral (select count(*) as n, sum(tokens) as tokens,"
                + " extract(epoch from max(at) - min(at))::double precision as seconds,"
                + " (array_agg(gradient_norm_ratio_max order by step desc))[1] as ratio,"
                + " (array_agg(epsilon_over_rms_max order by step desc))[1] as epsilon"
                + " from ui_v1_run_steps s where s.run = r.run and s.step > r.last_step - 50 offset 0) t")
        .query(
            row -> {
              long n = row.getLong("n");
              double seconds = row.getDouble("seconds");
              Double perSecond =
                  n > 1 && seconds > 0 ? row.getDouble("tokens") * (n - 1) / n / seconds : null;
              tails.put(
                  row.getString("run"),
                  new Tail(figure(row, "ratio"), figure(row, "epsilon"), perSecond));
            });
    return tails;
  }

  // The gravest alert that fires in each run: the one that is furthest past its limit.
  private Map<String, RunRow.Signal> alarms(List<RunHeader> headers) {
    String[] runs =
        headers.stream()
            .filter(header -> header.openAlerts() > 0)
            .map(RunHeader::run)
            .toArray(String[]::new);
    Map<String, RunRow.Signal> alarms = new HashMap<>();
    if (runs.length == 0) {
      return alarms;
    }
    database
        .sql(
            "select distinct on (run) run, rule, value, threshold from ui_v1_alerts"
                + " where run = any(:runs) and state = 'firing'"
                + " order by run, severity = 'critical' desc, severity = 'warning' desc, fired_step desc")
        .param("runs", runs)
        .query(
            row -> {
              alarms.put(
                  row.getString("run"),
                  new RunRow.Signal(
                      text(row, "rule"),
                      row.getDouble("value"),
                      row.getDouble("threshold"),
                      RunRow.Standing.ALARM));
            });
    return alarms;
  }

  private record Tail(
      @Nullable Double ratio, @Nullable Double epsilon, @Nullable Double tokensPerSecond) {
    private static final Tail NONE = new Tail(null, null, null);
    private static final double LIMIT = 0.1;

    // R_g and epsilon over RMS are both held against a tenth: the larger is the worse.
    RunRow.@Nullable Signal worst() {
      RunRow.Signal first = ratio == null ? null : signal("R_g", ratio);
      RunRow.Signal second = epsilon == null ? null : signal("epsilon / RMS", epsilon);
      if (first == null || second == null) {
        return first == null ? second : first;
      }
      return first.value() >= second.value() ? first : second;
    }

    private static RunRow.Signal signal(String name, double value) {
      return new RunRow.Signal(
          name, value, LIMIT, value <= LIMIT ? RunRow.Standing.STEADY : RunRow.Standing.WATCH);
    }
  }

  /** One run. */
  public Optional<RunHeader> find(String run) {
    return database
        .sql("select * from ui_v1_runs where run = :run")
        .param("run", run)
        .query((row, number) -> header(row))
        .optional();
  }

  private List<Double> losses(String run) {
    return database
        .sql(
            "select mean from ui_v1_series(:run, null, 'loss_lm', 0, null, :buckets) order by bucket_step")
        .param("run", run)
        .param("buckets", LOSS_BUCKETS)
        .query((row, number) -> row.getDouble("mean"))
        .list();
  }

  // The controller makes its view when it first starts; until then no run has a mode.
  private Map<String, String> modes() {
    Map<String, String> modes = new HashMap<>();
    try {
      database
          .sql("select run, mode from ui_v1_control_state where knob = ''")
          .query(
              row -> {
                modes.put(row.getString("run"), text(row, "mode"));
              });
    } catch (BadSqlGrammarException e) {
      return Map.of();
    }
    return modes;
  }

  private static RunHeader header(ResultSet row) throws SQLException {
    return new RunHeader(
        row.getString("run"),
        row.getInt("incarnation"),
        text(row, "name"),
        text(row, "status"),
        time(row, "started_at"),
        time(row, "ended_at"),
        row.getInt("world_size"),
        row.getLong("planned_steps"),
        whole(row, "first_step"),
        whole(row, "last_step"),
        time(row, "last_telemetry_at"),
        figure(row, "loss_last"),
        row.getLong("tokens_total"),
        row.getInt("open_alerts"),
        row.getInt("layers"),
        row.getInt("ffn_experts"),
        row.getInt("zero_experts"),
        figure(row, "ffn_experts_target"),
        knobs(text(row, "knobs")));
  }

  static List<Knob> knobs(String json) {
    List<Knob> knobs = new ArrayList<>();
    try {
      for (JsonNode knob : JSON.readTree(json.isEmpty() ? "[]" : json)) {
        knobs.add(
            new Knob(
                knob.path("knob").asString(""),
                knob.path("scope").asString(""),
                knob.path("minimum").asDouble(Double.NaN),
                knob.path("maximum").asDouble(Double.NaN),
                knob.path("initial").asDouble(Double.NaN),
                knob.path("baseline").asDouble(Double.NaN),
                knob.path("max_factor").asDouble(Double.NaN),
                knob.path("cooldown_steps").asInt(0),
                knob.path("max_changes_per_hour").asInt(0),
                knob.path("unit").asString("")));
      }
    } catch (JacksonException e) {
      return List.of();
    }
    return knobs;
  }
}
