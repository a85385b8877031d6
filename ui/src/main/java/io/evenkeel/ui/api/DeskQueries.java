package io.evenkeel.ui.api;

import io.evenkeel.ui.alerts.Acknowledgement;
import io.evenkeel.ui.alerts.AlertDeskReader;
import io.evenkeel.ui.alerts.NoticeLine;
import io.evenkeel.ui.alerts.SilenceLine;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What the controller keeps of alerts, in pages: each query reads one row more than asked for, from
 * a place on. Before the controller has started for the first time there is nothing.
 */
@Component
class DeskQueries {
  private static final String MICROS = "(extract(epoch from %s) * 1000000)::bigint";

  /** Exact up to the year 2255: micros below 2^53. */
  private static final String AT = "(timestamptz 'epoch' + :at::float8 * interval '1 microsecond')";

  private final JdbcClient database;

  DeskQueries(JdbcClient database) {
    this.database = database;
  }

  /** A line and its place in the order, in microseconds. */
  record Placed<T>(T line, long at) {}

  /** Notices, newest first. */
  List<Placed<NoticeLine>> notices(String run, String receiver, List<String> after, int limit) {
    // Only where it is asked for: a list of the newest need not look at the runs of all.
    String ofRun = run.isEmpty() ? "" : " and (run = :run or :run = any(runs))";
    return orNone(
        () ->
            database
                .sql(
                    """
                    select d.*, %s as place from ui_v1_deliveries d
                    where (:receiver = '' or receiver = :receiver)%s
                      and (:start or made_at < %s or made_at = %s and (notice_id, receiver) > (:id, :channel))
                    order by made_at desc, notice_id, receiver limit :limit
                    """
                        .formatted(MICROS.formatted("made_at"), ofRun, AT, AT))
                .param("run", run)
                .param("receiver", receiver)
                .param("start", after.isEmpty())
                .param("at", micros(after))
                .param("id", after.isEmpty() ? "" : after.get(1))
                .param("channel", after.isEmpty() ? "" : after.get(2))
                .param("limit", limit + 1)
                .query(
                    (row, number) ->
                        new Placed<>(AlertDeskReader.notice(row), row.getLong("place")))
                .list());
  }

  /**
   * Silences, those that end last first.
   *
   * @param standing active, to_come, over; empty for all
   */
  List<Placed<SilenceLine>> silences(String standing, Instant now, List<String> after, int limit) {
    return orNone(
        () ->
            database
                .sql(
                    """
                    select s.*, %s as place from ui_v1_silences s
                    where (:standing = '' or :standing =
                        case when coalesce(ended_by, '') <> '' or ends_at <= :now then 'over'
                          when starts_at > :now then 'to_come' else 'active' end)
                      and (:start or ends_at < %s or ends_at = %s and silence_id > :id)
                    order by ends_at desc, silence_id limit :limit
                    """
                        .formatted(MICROS.formatted("ends_at"), AT, AT))
                .param("standing", standing)
                .param("now", Timestamp.from(now))
                .param("start", after.isEmpty())
                .param("at", micros(after))
                .param("id", after.isEmpty() ? "" : after.get(1))
                .param("limit", limit + 1)
                .query(
                    (row, number) ->
                        new Placed<>(AlertDeskReader.silence(row), row.getLong("place")))
                .list());
  }

  /** Who has taken which alert on, newest first. */
  List<Placed<Acknowledgement>> acknowledgements(String run, List<String> after, int limit) {
    return orNone(
        () ->
            database
                .sql(
                    """
                    select a.*, %s as place from ui_v1_acknowledgements a
                    where (:run = '' or run = :run)
                      and (:start or at < %s or at = %s and alert_id > :id)
                    order by at desc, alert_id limit :limit
                    """
                        .formatted(MICROS.formatted("at"), AT, AT))
                .param("run", run)
                .param("start", after.isEmpty())
                .param("at", micros(after))
                .param("id", after.isEmpty() ? "" : after.get(1))
                .param("limit", limit + 1)
                .query(
                    (row, number) ->
                        new Placed<>(AlertDeskReader.acknowledgement(row), row.getLong("place")))
                .list());
  }

  /** The moment of a place; 0 for the start. */
  static long micros(List<String> after) {
    try {
      return after.isEmpty() ? 0 : Long.parseLong(after.getFirst());
    } catch (NumberFormatException e) {
      throw Page.noPlace();
    }
  }

  private static <T> List<T> orNone(Supplier<List<T>> read) {
    try {
      return read.get();
    } catch (BadSqlGrammarException e) {
      return List.of();
    }
  }
}
