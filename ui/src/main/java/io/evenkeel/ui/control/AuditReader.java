package io.evenkeel.ui.control;

import static io.evenkeel.ui.store.Columns.figure;
import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;
import static io.evenkeel.ui.store.Columns.whole;

import io.evenkeel.ui.control.AuditPage.Rest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Reads the audit trail. */
@Component
public class AuditReader {
  private static final Logger LOG = LoggerFactory.getLogger(AuditReader.class);
  private static final int FETCH_ROWS = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MATCHING =
      " from ui_v1_audit where (:run = '' or run = :run)"
          + " and (:decision = '' or decision = lower(:decision))"
          + " and (:actor = '' or strpos(lower(actor), lower(:actor)) > 0)"
          + " and (:knob = '' or strpos(lower(knob || ' ' || scope), lower(:knob)) > 0)"
          + " and (:text = '' or strpos(lower(reason || ' ' || coalesce(error_id, '')), lower(:text)) > 0)"
          + " order by at desc, audit_id desc";

  private final NamedParameterJdbcTemplate database;
  private final NamedParameterJdbcTemplate cursor;
  private final TransactionTemplate snapshot;

  /** A reader of the database. */
  public AuditReader(DataSource database, PlatformTransactionManager transactions) {
    this.database = new NamedParameterJdbcTemplate(database);
    this.cursor = new NamedParameterJdbcTemplate(database);
    cursor.getJdbcTemplate().setFetchSize(FETCH_ROWS);
    this.snapshot = new TransactionTemplate(transactions);
    snapshot.setReadOnly(true);
  }

  /** The newest lines that match, at most {@code limit} of them. */
  public AuditPage newest(AuditFilter filter, int limit) {
    List<AuditLine> lines =
        database.query(
            "select *" + MATCHING + " limit :limit",
            parameters(filter).addValue("limit", limit + 1),
            (row, number) -> line(row));
    return lines.size() > limit
        ? new AuditPage(lines.subList(0, limit), Rest.OLDER)
        : new AuditPage(lines, Rest.NONE);
  }

  /** All lines that match, one after the other as the database gives them. */
  void all(AuditFilter filter, Consumer<AuditLine> sink) {
    // Within a transaction, or the driver would fetch everything at once.
    snapshot.executeWithoutResult(
        begun ->
            cursor.query(
                "select *" + MATCHING,
                parameters(filter),
                (ResultSet row) -> sink.accept(line(row))));
  }

  private static MapSqlParameterSource parameters(AuditFilter filter) {
    return new MapSqlParameterSource()
        .addValue("run", filter.run())
        .addValue("decision", filter.decision())
        .addValue("actor", filter.actor())
        .addValue("knob", filter.knob())
        .addValue("text", filter.text());
  }

  /** The line of a row of {@code ui_v1_audit}. */
  public static AuditLine line(ResultSet row) throws SQLException {
    return new AuditLine(
        text(row, "audit_id"),
        text(row, "run"),
        row.getInt("incarnation"),
        row.getLong("step"),
        time(row, "at"),
        text(row, "actor"),
        text(row, "decision"),
        text(row, "mode"),
        text(row, "knob"),
        text(row, "scope"),
        figure(row, "value_from"),
        figure(row, "value_to"),
        text(row, "reason"),
        text(row, "error_id"),
        evidence(text(row, "evidence")),
        whole(row, "command_sequence"));
  }

  // NaN and infinity are not numbers of JSON: they are stored as texts.
  private static Map<String, Double> evidence(String json) {
    Map<String, Double> evidence = new TreeMap<>();
    if (json.isEmpty()) {
      return evidence;
    }
    try {
      for (Map.Entry<String, JsonNode> entry : JSON.readTree(json).properties()) {
        evidence.put(entry.getKey(), Double.valueOf(entry.getValue().asString()));
      }
    } catch (JacksonException | NumberFormatException e) {
      LOG.warn("evidence of the audit trail that cannot be read is left out", e);
    }
    return evidence;
  }
}
