package io.evenkeel.standalone.report;

import io.evenkeel.standalone.sink.Notice;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Questions to the {@code ui_v1_*} views about one run; not safe for use by two threads at once.
 */
public final class RunQueries {
  private final Connection connection;
  private final String run;
  private final int incarnation;

  /**
   * Questions over a connection that the caller closes.
   *
   * @param connection to the database
   * @param run the run
   * @param incarnation the one whose observations are counted
   */
  public RunQueries(Connection connection, String run, int incarnation) {
    this.connection = connection;
    this.run = run;
    this.incarnation = incarnation;
  }

  /** Distinct observations of the incarnation stored. */
  public long stored() throws SQLException {
    return number(
        "select coalesce(sum(stored), 0) from ui_v1_telemetry_counts where run = ? and incarnation = "
            + incarnation);
  }

  /** Steps whose signals are stored. */
  public long signalSteps() throws SQLException {
    return number("select count(*) from ui_v1_run_steps where run = ?");
  }

  /** Tokens of those steps. */
  public long tokens() throws SQLException {
    return number("select coalesce(sum(tokens), 0) from ui_v1_run_steps where run = ?");
  }

  /** Records refused anywhere since the run began. */
  public long deadLetters() throws SQLException {
    return number(
        "select count(*) from ui_v1_dead_letters d"
            + " where d.at >= (select min(started_at) from ui_v1_runs where run = ?)");
  }

  /** Commands without an acknowledgement. */
  public long pendingCommands() throws SQLException {
    return number("select count(*) from ui_v1_commands where run = ? and status = 'pending'");
  }

  /** Notices neither delivered nor given up. */
  public long pendingNotices() throws SQLException {
    return number(
        "select count(*) from ui_v1_webhook_deliveries where run = ? and status = 'pending'");
  }

  /** Ids of the notices about the run's alerts. */
  public Set<String> noticeIds() throws SQLException {
    return new HashSet<>(
        query(
            "select notice_id from ui_v1_webhook_deliveries where run = ?",
            row -> row.getString(1)));
  }

  /** Alert events that fired or resolved, and so should have become notices. */
  public long alertTransitions() throws SQLException {
    return number(
        "select count(fired_step) + count(resolved_step) from ui_v1_alerts where run = ? and fired_step is not null");
  }

  /**
   * Mean of a column of the run's steps over its first or last steps; null when nothing is there.
   */
  @Nullable Double mean(StepColumn column, End end, int steps) throws SQLException {
    String sql =
        "select avg(v)::double precision from (select "
            + column.sql
            + " as v from ui_v1_run_steps where run = ? and "
            + column.sql
            + " is not null order by step "
            + end.order
            + " limit "
            + steps
            + ") as chosen";
    return query(sql, row -> (Double) row.getObject(1, Double.class)).stream()
        .findFirst()
        .orElse(null);
  }

  /** A column of the run's steps, averaged by {@link #mean}. */
  enum StepColumn {
    LOSS("loss_lm"),
    RATIO("gradient_norm_ratio_max");

    private final String sql;

    StepColumn(String sql) {
      this.sql = sql;
    }
  }

  /** One end of a run. */
  enum End {
    FIRST("asc"),
    LAST("desc");

    private final String order;

    End(String order) {
      this.order = order;
    }
  }

  List<Double> stepMillis() throws SQLException {
    return query(
        "select step_time_millis from ui_v1_run_steps where run = ? order by step",
        row -> row.getDouble(1));
  }

  @Nullable Double telemetryShare() throws SQLException {
    return query(
            "select (sum(telemetry_time_millis) / nullif(sum(step_time_millis), 0))::double precision"
                + " from ui_v1_run_steps where run = ?",
            row -> (Double) row.getObject(1, Double.class))
        .getFirst();
  }

  List<RunReport.Alert> alerts() throws SQLException {
    return query(
        "select rule, scope, fired_step, resolved_step from ui_v1_alerts"
            + " where run = ? and fired_step is not null order by fired_step, rule, scope",
        row ->
            new RunReport.Alert(
                row.getString(1), row.getString(2), row.getLong(3), row.getObject(4, Long.class)));
  }

  List<RunReport.Command> commands() throws SQLException {
    return query(
        "select sequence, coalesce(knob, action), coalesce(ack_from, value_from)::double precision, coalesce(ack_to, value_to)::double precision,"
            + " issued_step, applied_step, status from ui_v1_commands where run = ? order by sequence",
        row ->
            new RunReport.Command(
                row.getLong(1),
                row.getString(2),
                row.getObject(3, Double.class),
                row.getObject(4, Double.class),
                row.getLong(5),
                row.getObject(6, Long.class),
                row.getString(7)));
  }

  RunReport.Webhooks webhooks() throws SQLException {
    return query(
            "select count(*) filter (where status <> 'suppressed'), count(*) filter (where status = 'delivered'),"
                + " count(*) filter (where status = 'failed') from ui_v1_webhook_deliveries where run = ?",
            row -> new RunReport.Webhooks(row.getLong(1), row.getLong(2), row.getLong(3)))
        .getFirst();
  }

  List<Double> stepToSignal() throws SQLException {
    return millis("select at, emitted_at from ui_v1_run_steps where run = ? order by step");
  }

  List<Double> stepToAlert() throws SQLException {
    return millis(
        "select fired_at, fired_emitted_at from ui_v1_alerts where run = ? and fired_at is not null");
  }

  List<Double> stepToCommandApplied() throws SQLException {
    return millis(
        "select s.at, c.applied_at from ui_v1_commands c join ui_v1_run_steps s"
            + " on s.run = c.run and s.incarnation = c.incarnation and s.step = c.issued_step"
            + " where c.run = ? and c.status = 'applied' order by c.sequence");
  }

  /** From the telemetry that caused each alert event to the first arrival of its notice. */
  List<Double> stepToWebhook(List<Notice> received) throws SQLException {
    Map<String, Notice> byId =
        received.stream().collect(Collectors.toMap(Notice::id, Function.identity()));
    List<Double> millis = new ArrayList<>();
    query(
            "select d.notice_id, case d.state when 'firing' then a.fired_at else a.resolved_at end"
                + " from ui_v1_webhook_deliveries d join ui_v1_alerts a on a.alert_id = d.alert_id where d.run = ?",
            row -> new Caused(row.getString(1), row.getTimestamp(2)))
        .forEach(
            caused -> {
              Notice notice = byId.get(caused.notice());
              if (notice != null && caused.at() != null) {
                millis.add(between(caused.at().toInstant(), notice.receivedAt()));
              }
            });
    return millis;
  }

  private record Caused(String notice, @Nullable Timestamp at) {}

  private List<Double> millis(String sql) throws SQLException {
    return query(
            sql,
            row -> {
              Timestamp from = row.getTimestamp(1);
              Timestamp to = row.getTimestamp(2);
              return from == null || to == null
                  ? Double.NaN
                  : between(from.toInstant(), to.toInstant());
            })
        .stream()
        .filter(value -> !value.isNaN())
        .toList();
  }

  private static double between(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e6;
  }

  private long number(String sql) throws SQLException {
    return query(sql, row -> row.getLong(1)).getFirst();
  }

  private <T extends @Nullable Object> List<T> query(String sql, RowReader<T> reader)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
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
  private interface RowReader<T extends @Nullable Object> {
    T read(ResultSet row) throws SQLException;
  }
}
