package io.evenkeel.ui.api;

import static io.evenkeel.ui.store.Columns.figure;
import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;
import static io.evenkeel.ui.store.Columns.whole;

import io.evenkeel.ui.alerts.AlertLine;
import io.evenkeel.ui.alerts.AlertReader;
import io.evenkeel.ui.control.AuditLine;
import io.evenkeel.ui.control.AuditReader;
import io.evenkeel.ui.control.CommandLine;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Lists in pages, from the {@code ui_v1_*} views: the pages' readers give the newest alone, for a
 * screen. Keys are compared as a row, newest first.
 */
@Component
class ApiQueries {
  private final JdbcClient database;

  ApiQueries(JdbcClient database) {
    this.database = database;
  }

  /** Run ids by start, newest first. */
  record RunKey(String run, String startedAt) {}

  List<RunKey> runs(String status, String search, List<String> after, int limit) {
    return database
        .sql(
            """
            select run, extract(epoch from coalesce(started_at, 'epoch'))::numeric(24, 6)::text as started
            from ui_v1_runs
            where (:status = '' or status = :status)
              and (:search = '' or run ilike :like escape '!' or name ilike :like escape '!')
              and (:start or (extract(epoch from coalesce(started_at, 'epoch'))::numeric(24, 6), run)
                < (:at::numeric(24, 6), :run))
            order by extract(epoch from coalesce(started_at, 'epoch'))::numeric(24, 6) desc, run desc
            limit :limit
            """)
        .param("status", status)
        .param("search", search)
        .param("like", like(search))
        .param("start", after.isEmpty())
        .param("at", number(after, 0))
        .param("run", after.isEmpty() ? "" : after.get(1))
        .param("limit", limit + 1)
        .query((row, number) -> new RunKey(row.getString("run"), row.getString("started")))
        .list();
  }

  /** An alert and its place in the order. */
  record AlertKey(AlertLine alert, String at) {}

  List<AlertKey> alerts(String run, String state, String severity, List<String> after, int limit) {
    return database
        .sql(
            """
            select a.*, %1$s::text as place from ui_v1_alerts a
            where (:run = '' or run = :run) and (:state = '' or state = :state)
              and (:severity = '' or severity = :severity)
              and (:start or (%1$s, alert_id) < (:at::numeric(24, 6), :id))
            order by %1$s desc, alert_id desc limit :limit
            """
                .formatted(
                    "extract(epoch from coalesce(fired_at, pending_at, 'epoch'))::numeric(24, 6)"))
        .param("run", run)
        .param("state", state)
        .param("severity", severity)
        .param("start", after.isEmpty())
        .param("at", number(after, 0))
        .param("id", after.isEmpty() ? "" : after.get(1))
        .param("limit", limit + 1)
        .query((row, number) -> new AlertKey(AlertReader.line(row), row.getString("place")))
        .list();
  }

  Optional<AlertLine> alert(String id) {
    return database
        .sql("select * from ui_v1_alerts where alert_id = :id")
        .param("id", id)
        .query((row, number) -> AlertReader.line(row))
        .optional();
  }

  /** A line of the audit trail, its evidence, and its place in the order, in microseconds. */
  record AuditKey(AuditLine line, String evidence, long at) {}

  /**
   * By an index, however long the trail is: nothing but the two columns of the order is compared.
   */
  List<AuditKey> audit(String run, String actor, String decision, List<String> after, int limit) {
    return database
        .sql(
            """
            select a.*, (extract(epoch from at) * 1000000)::bigint as place from ui_v1_audit a
            where (:run = '' or run = :run) and (:actor = '' or actor = :actor)
              and (:decision = '' or decision = :decision)
              and (at, audit_id) < (case when :start then 'infinity'::timestamptz
                else timestamptz 'epoch' + :at::float8 * interval '1 microsecond' end, :id)
            order by at desc, audit_id desc limit :limit
            """)
        .param("run", run)
        .param("actor", actor)
        .param("decision", decision)
        .param("start", after.isEmpty())
        .param("at", DeskQueries.micros(after))
        .param("id", after.isEmpty() ? "" : after.get(1))
        .param("limit", limit + 1)
        .query(
            (row, number) ->
                new AuditKey(AuditReader.line(row), text(row, "evidence"), row.getLong("place")))
        .list();
  }

  Optional<AuditKey> audit(String id) {
    return database
        .sql("select a.* from ui_v1_audit a where audit_id = :id")
        .param("id", id)
        .query((row, number) -> new AuditKey(AuditReader.line(row), text(row, "evidence"), 0))
        .optional();
  }

  List<CommandLine> commands(String run, List<String> after, int limit) {
    return database
        .sql(
            """
            select * from ui_v1_commands
            where run = :run and (:start or (epoch, sequence) < (:epoch, :sequence))
            order by epoch desc, sequence desc limit :limit
            """)
        .param("run", run)
        .param("start", after.isEmpty())
        .param("epoch", wholeOf(after, 0))
        .param("sequence", wholeOf(after, 1))
        .param("limit", limit + 1)
        .query(
            (row, number) -> {
              String action = text(row, "action");
              String scope = text(row, "scope");
              String knob = text(row, "knob") + (scope.isEmpty() ? "" : " · " + scope);
              return new CommandLine(
                  row.getLong("epoch"),
                  row.getLong("sequence"),
                  action.isEmpty() ? knob : action,
                  figure(row, "value_from"),
                  figure(row, "value_to"),
                  text(row, "origin"),
                  text(row, "reason"),
                  row.getLong("issued_step"),
                  time(row, "issued_at"),
                  text(row, "status"),
                  whole(row, "applied_step"),
                  (text(row, "error_id") + " " + text(row, "ack_reason")).strip());
            })
        .list();
  }

  private static String like(String search) {
    return "%" + search.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
  }

  private static String number(List<String> after, int part) {
    if (after.isEmpty()) {
      return "0";
    }
    try {
      return new java.math.BigDecimal(after.get(part)).toPlainString();
    } catch (NumberFormatException e) {
      throw Page.noPlace();
    }
  }

  private static long wholeOf(List<String> after, int part) {
    if (after.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseLong(after.get(part));
    } catch (NumberFormatException e) {
      throw Page.noPlace();
    }
  }
}
