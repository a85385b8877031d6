package io.evenkeel.standalone.replay;

import io.evenkeel.standalone.up.DatabaseAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Questions to the {@code ui_v1_*} views about replayed runs. */
final class ReplayedRuns {
  /** What each rule looks at, as the views name it. */
  private static final Map<String, String> METRICS =
      Map.ofEntries(
          Map.entry("gradient-norm-ratio", "gradient_norm_ratio"),
          Map.entry("epsilon-over-rms", "tensor.epsilon_over_rms"),
          Map.entry("router-similarity", "router_cosine_all"),
          Map.entry("router-uninformative", "soft_mutual_information"),
          Map.entry("load-imbalance", "max_violation"),
          Map.entry("dead-expert", "dead_experts"),
          Map.entry("ffn-experts-off-target", "ffn_experts_relative_error"),
          Map.entry("activation-magnitude", "layer_out.max_abs"),
          Map.entry("loss-spike", "loss_lm"),
          Map.entry("gradient-norm-spike", "gradient_norm"),
          Map.entry("non-finite", "non_finite"),
          Map.entry("telemetry-stalled", "step"),
          Map.entry("logit-gradient-ratio", "logit_gradient_ratio"),
          Map.entry("gradient-norm-ratio-forecast", "gradient_norm_ratio"),
          Map.entry("router-logit-growth", "router_z"),
          Map.entry("expert-similarity", "expert_output_cosine"),
          Map.entry("bias-hunting", "max_violation"),
          Map.entry("divergence", "loss_lm"),
          Map.entry("data-shift", "loss_lm"),
          Map.entry("plateau", "loss_lm"),
          Map.entry("vanishing-gradient", "gradient_norm"),
          Map.entry("slow-step", "step_time_millis"),
          Map.entry("step-time-regression", "step_time_millis"),
          Map.entry("straggler-rank", "straggler_skew"),
          Map.entry("missing-rank", "ranks_seen"));

  /** The scope of what a rule saw in a user scalar. */
  private static final String SCALAR = "scalars/";

  private final DatabaseAddress database;

  ReplayedRuns(DatabaseAddress database) {
    this.database = database;
  }

  /**
   * Which log a run is of.
   *
   * @param digest label of the log's hash
   * @return empty if there is no such run; the empty text if it is of no log
   */
  Optional<String> digestOf(String run, String digest) throws SQLException {
    return query(
            "select coalesce(labels ->> '" + digest + "', '') from ui_v1_runs where run = ?",
            run,
            row -> row.getString(1))
        .stream()
        .findFirst();
  }

  /** Observations stored, of all incarnations. */
  long stored(String run) throws SQLException {
    return number("select coalesce(sum(stored), 0) from ui_v1_telemetry_counts where run = ?", run);
  }

  /** Steps with signals that no newer incarnation has superseded. */
  long signalSteps(String run) throws SQLException {
    return number("select count(*) from ui_v1_run_steps where run = ?", run);
  }

  /** Whether the signals of a step are stored. */
  boolean isJudged(String run, int incarnation, long step) throws SQLException {
    return number(
            "select count(*) from ui_v1_run_steps where run = ? and incarnation = "
                + incarnation
                + " and step = "
                + step,
            run)
        > 0;
  }

  /** Incidents of a run, and those of them that are not resolved. */
  record Incidents(long all, long open) {}

  Incidents incidents(String run) throws SQLException {
    return query(
            "select count(*), count(*) filter (where resolved_step is null)"
                + " from ui_v1_alerts where run = ?",
            run,
            row -> new Incidents(row.getLong(1), row.getLong(2)))
        .getFirst();
  }

  List<ReplayReport.Alert> alerts(String run) throws SQLException {
    return query(
        "select rule, scope, severity, incarnation, fired_step, resolved_step, value, threshold,"
            + " summary from ui_v1_alerts where run = ? and fired_step is not null"
            + " order by incarnation, fired_step, rule, scope",
        run,
        row ->
            new ReplayReport.Alert(
                row.getString(1),
                row.getString(2),
                metric(row.getString(1), row.getString(2)),
                row.getString(3),
                row.getInt(4),
                row.getLong(5),
                row.getObject(6, Long.class),
                row.getDouble(7),
                row.getDouble(8),
                row.getString(9)));
  }

  private static String metric(String rule, String scope) {
    return scope.startsWith(SCALAR)
        ? scope.substring(SCALAR.length())
        : METRICS.getOrDefault(rule, "");
  }

  private long number(String sql, String run) throws SQLException {
    return query(sql, run, row -> row.getLong(1)).getFirst();
  }

  private <T> List<T> query(String sql, String run, RowReader<T> reader) throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, run);
      try (ResultSet rows = statement.executeQuery()) {
        List<T> found = new ArrayList<>();
        while (rows.next()) {
          found.add(reader.read(rows));
        }
        return found;
      }
    }
  }

  @FunctionalInterface
  private interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }
}
