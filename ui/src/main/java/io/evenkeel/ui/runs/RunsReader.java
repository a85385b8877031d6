package io.evenkeel.ui.runs;

import static io.evenkeel.ui.store.Columns.figure;
import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;
import static io.evenkeel.ui.store.Columns.whole;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    List<RunRow> rows = new ArrayList<>();
    for (RunHeader header : headers) {
      rows.add(
          new RunRow(
              header,
              ratio(header),
              modes.getOrDefault(header.run(), ""),
              // The first screen's worth; a line for each of hundreds would cost more than it
              // tells.
              rows.size() < 20 ? losses(header.run()) : List.of()));
    }
    return rows;
  }

  /** One run. */
  public Optional<RunHeader> find(String run) {
    return database
        .sql("select * from ui_v1_runs where run = :run")
        .param("run", run)
        .query((row, number) -> header(row))
        .optional();
  }

  private @org.jspecify.annotations.Nullable Double ratio(RunHeader header) {
    if (header.lastStep() == null) {
      return null;
    }
    return database
        .sql(
            "select gradient_norm_ratio_max from ui_v1_run_steps where run = :run and step > :step"
                + " order by step desc limit 1")
        .param("run", header.run())
        .param("step", header.lastStep() - 50)
        .query((row, number) -> Optional.ofNullable(figure(row, "gradient_norm_ratio_max")))
        .optional()
        .flatMap(value -> value)
        .orElse(null);
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
