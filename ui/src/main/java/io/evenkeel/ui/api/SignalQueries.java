package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.problem.Refusal.Flaw;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads signals from {@code ui_v1_series} and the views of steps. */
@Component
class SignalQueries {
  private static final Set<String> KEYS = Set.of("run", "incarnation", "step", "superseded");
  private static final int LOOK_BACK = 1_024;
  private static final String UNKNOWN = "22023";

  private final JdbcClient database;

  SignalQueries(JdbcClient database) {
    this.database = database;
  }

  /**
   * What happened in some steps.
   *
   * @param step first step of the bucket
   * @param min smallest; NaN where all are
   * @param max largest
   * @param mean mean
   * @param last of the last step
   * @param n how many steps
   */
  record Bucket(long step, double min, double max, double mean, double last, long n) {}

  /** A bucket of one of the series. */
  record Line(String series, Bucket bucket) {}

  List<Line> series(
      String run,
      @Nullable Integer incarnation,
      String metric,
      long from,
      @Nullable Long to,
      int buckets) {
    try {
      return database
          .sql(
              "select * from ui_v1_series(:run, :incarnation, :metric, :from, :to, :buckets)"
                  + " order by series, bucket_step")
          .param("run", run)
          .param("incarnation", incarnation, Types.INTEGER)
          .param("metric", metric)
          .param("from", from)
          .param("to", to, Types.BIGINT)
          .param("buckets", buckets)
          .query(
              (row, number) ->
                  new Line(
                      row.getString("series"),
                      new Bucket(
                          row.getLong("bucket_step"),
                          row.getDouble("min"),
                          row.getDouble("max"),
                          row.getDouble("mean"),
                          row.getDouble("last"),
                          row.getLong("n"))))
          .list();
    } catch (DataAccessException e) {
      // The function itself says so of a metric that it does not know.
      if (e.getMostSpecificCause() instanceof SQLException refused
          && UNKNOWN.equals(refused.getSQLState())) {
        throw Refusal.invalid(
            ErrorId.API_INVALID, List.of(new Flaw("metric", "is none that is stored.")));
      }
      throw e;
    }
  }

  SignalApi.Latest latest(String run, long about) {
    Long step =
        database
            .sql("select max(step) from ui_v1_run_steps where run = :run and step > :from")
            .param("run", run)
            .param("from", about - LOOK_BACK)
            .query((row, number) -> row.getObject(1) == null ? -1L : row.getLong(1))
            .single();
    if (step < 0) {
      return new SignalApi.Latest(null, Map.of(), List.of(), Map.of());
    }
    Map<String, Double> knobs = new LinkedHashMap<>();
    database
        .sql("select knob, scope, value from ui_v1_knob_steps where run = :run and step = :step")
        .param("run", run)
        .param("step", step)
        .query(
            row -> {
              String scope = row.getString("scope");
              knobs.put(
                  row.getString("knob") + (scope == null || scope.isEmpty() ? "" : "/" + scope),
                  row.getDouble("value"));
            });
    List<Map<String, Object>> whole = rows("ui_v1_run_steps", run, step);
    return new SignalApi.Latest(
        step,
        whole.isEmpty() ? Map.of() : whole.get(0),
        rows("ui_v1_layer_steps", run, step),
        knobs);
  }

  // The views are two constants of this class.
  private List<Map<String, Object>> rows(String view, String run, long step) {
    return database
        .sql("select * from " + view + " where run = :run and step = :step")
        .param("run", run)
        .param("step", step)
        .query((row, number) -> figures(row))
        .list();
  }

  private static Map<String, Object> figures(ResultSet row) throws SQLException {
    ResultSetMetaData columns = row.getMetaData();
    Map<String, Object> figures = new LinkedHashMap<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      Object value = row.getObject(i);
      String name = columns.getColumnLabel(i);
      // What was not measured is left out, and so are vectors, which are long.
      if (value == null || value instanceof Array || KEYS.contains(name)) {
        continue;
      }
      figures.put(name, value instanceof Timestamp time ? time.toInstant() : value);
    }
    return figures;
  }
}
