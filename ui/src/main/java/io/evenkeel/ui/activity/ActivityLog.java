package io.evenkeel.ui.activity;

import static io.evenkeel.ui.store.Columns.text;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.store.OwnTables;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps what people did, {@link #KEPT} long. What cannot be written because the database is away
 * goes to the log of the process instead, and holds nobody up.
 */
@Component
public class ActivityLog {
  /** How long a line is kept. */
  public static final Duration KEPT = Duration.ofDays(400);

  private static final Logger LOG = LoggerFactory.getLogger(ActivityLog.class);
  private static final int LONGEST = 500;

  private final OwnTables tables;
  private final Clock clock;

  /** A log in {@code tables}. */
  public ActivityLog(OwnTables tables, Clock clock) {
    this.tables = tables;
    this.clock = clock;
  }

  /** Something was done. */
  public void done(String actor, String action, String subject, String detail) {
    write(actor, action, subject, Activity.Outcome.DONE, detail);
  }

  /** Something was refused. */
  public void refused(String actor, String action, String subject, String detail) {
    write(actor, action, subject, Activity.Outcome.REFUSED, detail);
  }

  private void write(
      String actor, String action, String subject, Activity.Outcome outcome, String detail) {
    try {
      write(tables.client(), actor, action, subject, outcome, detail);
    } catch (DataAccessException | org.springframework.transaction.TransactionException e) {
      LOG.warn(
          "{} {} {} {} {} ({})",
          oneLine(actor),
          action,
          oneLine(subject),
          outcome,
          oneLine(detail),
          ErrorId.DB_UNAVAILABLE.id());
    }
  }

  /** Writes within the transaction of what was done, so that one is not without the other. */
  public void done(
      JdbcClient transaction, String actor, String action, String subject, String detail) {
    write(transaction, actor, action, subject, Activity.Outcome.DONE, detail);
  }

  private void write(
      JdbcClient client,
      String actor,
      String action,
      String subject,
      Activity.Outcome outcome,
      String detail) {
    client
        .sql(
            "insert into dashboard.activity (at, actor, action, subject, outcome, detail, address)"
                + " values (:at, :actor, :action, :subject, :outcome, :detail, :address)")
        .param("at", Timestamp.from(clock.instant()))
        .param("actor", bounded(actor))
        .param("action", action)
        .param("subject", bounded(subject))
        .param("outcome", outcome.name().toLowerCase(Locale.ROOT))
        .param("detail", bounded(detail))
        .param("address", CallerAddress.current())
        .update();
  }

  /**
   * Newest first.
   *
   * @param before lines with a smaller id; {@link Long#MAX_VALUE} for the newest
   * @param limit at most so many
   */
  public List<Activity> newest(long before, int limit) {
    return tables
        .client()
        .sql(
            "select * from dashboard.activity where activity_id < :before"
                + " order by activity_id desc limit :limit")
        .param("before", before)
        .param("limit", limit)
        .query((row, number) -> line(row))
        .list();
  }

  /**
   * What was done or refused in a time, oldest first; of more than {@code limit} lines the newest.
   *
   * @param from inclusive
   * @param to exclusive
   * @param actions these alone
   */
  public List<Activity> between(Instant from, Instant to, List<String> actions, int limit) {
    return tables
        .client()
        .sql(
            "select * from dashboard.activity where at >= :from and at < :to and action in (:actions)"
                + " order by at desc, activity_id desc limit :limit")
        .param("from", Timestamp.from(from))
        .param("to", Timestamp.from(to))
        .param("actions", actions)
        .param("limit", limit)
        .query((row, number) -> line(row))
        .list()
        .reversed();
  }

  private static Activity line(ResultSet row) throws SQLException {
    return new Activity(
        row.getLong("activity_id"),
        row.getTimestamp("at").toInstant(),
        text(row, "actor"),
        text(row, "action"),
        text(row, "subject"),
        Activity.Outcome.valueOf(text(row, "outcome").toUpperCase(Locale.ROOT)),
        text(row, "detail"),
        text(row, "address"));
  }

  /** Gives up what is older than {@link #KEPT}; answers how many lines that were. */
  public int forget() {
    Instant before = clock.instant().minus(KEPT);
    return tables
        .client()
        .sql("delete from dashboard.activity where at < :before")
        .param("before", Timestamp.from(before))
        .update();
  }

  // PostgreSQL knows no NUL in texts.
  private static String bounded(String text) {
    String clean = text.replace("\u0000", "");
    return clean.length() > LONGEST ? clean.substring(0, LONGEST) : clean;
  }

  private static String oneLine(String text) {
    return bounded(text).replaceAll("\\p{Cntrl}", " ");
  }
}
