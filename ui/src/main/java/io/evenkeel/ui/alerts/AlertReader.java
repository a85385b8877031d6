package io.evenkeel.ui.alerts;

import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;
import static io.evenkeel.ui.store.Columns.whole;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads incidents. */
@Component
public class AlertReader {
  private final JdbcClient database;

  /** A reader of the database. */
  public AlertReader(JdbcClient database) {
    this.database = database;
  }

  /** Incidents that match: open ones first, then the newest, at most {@code limit}. */
  public List<AlertLine> newest(AlertFilter filter, int limit) {
    return database
        .sql(
            "select * from ui_v1_alerts where (:run = '' or run = :run)"
                + " and (:rule = '' or strpos(lower(rule), lower(:rule)) > 0)"
                + " and (:severity = '' or severity = lower(:severity))"
                + " and (:state = '' or state = lower(:state) or (lower(:state) = 'open' and state <> 'resolved'))"
                + " and (:text = '' or strpos(lower(summary || ' ' || scope), lower(:text)) > 0)"
                + " order by state = 'resolved', coalesce(fired_at, pending_at) desc nulls last, alert_id"
                + " limit :limit")
        .param("run", filter.run())
        .param("rule", filter.rule())
        .param("severity", filter.severity())
        .param("state", filter.state())
        .param("text", filter.text())
        .param("limit", limit)
        .query((row, number) -> line(row))
        .list();
  }

  /** An incident. */
  public Optional<AlertLine> find(String alertId) {
    return database
        .sql("select * from ui_v1_alerts where alert_id = :id limit 1")
        .param("id", alertId.replace("\u0000", ""))
        .query((row, number) -> line(row))
        .optional();
  }

  /** The incident of a row of {@code ui_v1_alerts}. */
  public static AlertLine line(ResultSet row) throws SQLException {
    return new AlertLine(
        text(row, "alert_id"),
        text(row, "run"),
        row.getInt("incarnation"),
        text(row, "rule"),
        text(row, "scope"),
        text(row, "severity"),
        text(row, "state"),
        row.getLong("first_step"),
        whole(row, "fired_step"),
        whole(row, "resolved_step"),
        row.getDouble("value"),
        row.getDouble("threshold"),
        text(row, "summary"),
        time(row, "fired_at"),
        time(row, "resolved_at"));
  }
}
