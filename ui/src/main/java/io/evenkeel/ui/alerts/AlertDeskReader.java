package io.evenkeel.ui.alerts;

import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads what people and the controller did with alerts: silences, acknowledgements, notices and
 * answers. The controller makes its views when it first starts; until then all of it is empty.
 */
@Component
public class AlertDeskReader {
  private static final int MOST = 500;

  private final JdbcClient database;

  /** A reader of the database. */
  public AlertDeskReader(JdbcClient database) {
    this.database = database;
  }

  /** Silences, the ones that end last first; those that are over too. */
  public List<SilenceLine> silences() {
    return orNone(
        () ->
            database
                .sql("select * from ui_v1_silences order by ends_at desc, silence_id limit " + MOST)
                .query((row, number) -> silence(row))
                .list());
  }

  /** A silence. */
  public Optional<SilenceLine> silence(String id) {
    return orNone(
            () ->
                database
                    .sql("select * from ui_v1_silences where silence_id = :id")
                    .param("id", id)
                    .query((row, number) -> silence(row))
                    .list())
        .stream()
        .findFirst();
  }

  /**
   * Acknowledgements, newest first.
   *
   * @param run a run, or empty for all
   */
  public List<Acknowledgement> acknowledgements(String run) {
    return orNone(
        () ->
            database
                .sql(
                    "select * from ui_v1_acknowledgements where :run = '' or run = :run"
                        + " order by at desc, alert_id limit "
                        + MOST)
                .param("run", run)
                .query((row, number) -> acknowledgement(row))
                .list());
  }

  /**
   * Notices, newest first.
   *
   * @param run a run, or empty for all
   * @param receiver id of a channel, or empty for all
   * @param most at most so many, up to 500
   */
  public List<NoticeLine> notices(String run, String receiver, int most) {
    // Only where it is asked for: a list of the newest need not look at the runs of all.
    String ofRun = run.isEmpty() ? "" : " and (run = :run or :run = any(runs))";
    return orNone(
        () -> {
          var statement =
              database
                  .sql(
                      "select * from ui_v1_deliveries where (:receiver = '' or receiver = :receiver)"
                          + ofRun
                          + " order by made_at desc, notice_id, receiver limit :most")
                  .param("receiver", receiver)
                  .param("most", Math.min(MOST, most));
          return (run.isEmpty() ? statement : statement.param("run", run))
              .query((row, number) -> notice(row))
              .list();
        });
  }

  /**
   * The controller's answer to a request.
   *
   * @param id the answer's id, as {@code Sent} names it
   */
  public Optional<DeskAnswer> answer(String id) {
    return orNone(
            () ->
                database
                    .sql("select decision, error_id, reason from ui_v1_audit where audit_id = :id")
                    .param("id", id)
                    .query(
                        (row, number) ->
                            new DeskAnswer(
                                text(row, "decision"), text(row, "error_id"), text(row, "reason")))
                    .list())
        .stream()
        .findFirst();
  }

  /** Answers of the last minutes to requests that are bound to no run, by the answer's id. */
  public Map<String, DeskAnswer> answers() {
    Map<String, DeskAnswer> answers = new LinkedHashMap<>();
    orNone(
            () ->
                database
                    .sql(
                        "select audit_id, decision, error_id, reason from ui_v1_audit"
                            + " where run = '' and at > now() - interval '10 min'"
                            + " order by at desc limit 50")
                    .query(
                        (row, number) ->
                            Map.entry(
                                text(row, "audit_id"),
                                new DeskAnswer(
                                    text(row, "decision"),
                                    text(row, "error_id"),
                                    text(row, "reason"))))
                    .list())
        .forEach(entry -> answers.put(entry.getKey(), entry.getValue()));
    return answers;
  }

  /** The line of a row of {@code ui_v1_acknowledgements}. */
  public static Acknowledgement acknowledgement(ResultSet row) throws SQLException {
    return new Acknowledgement(
        text(row, "alert_id"),
        text(row, "run"),
        text(row, "who"),
        time(row, "at"),
        text(row, "note"));
  }

  /** The line of a row of {@code ui_v1_silences}. */
  public static SilenceLine silence(ResultSet row) throws SQLException {
    return new SilenceLine(
        text(row, "silence_id"),
        texts(row, "matchers"),
        time(row, "starts_at"),
        time(row, "ends_at"),
        text(row, "reason"),
        text(row, "creator"),
        time(row, "created_at"),
        text(row, "ended_by"));
  }

  /** The line of a row of {@code ui_v1_deliveries}. */
  public static NoticeLine notice(ResultSet row) throws SQLException {
    return new NoticeLine(
        text(row, "notice_id"),
        text(row, "receiver"),
        text(row, "url"),
        text(row, "status"),
        row.getInt("attempts"),
        text(row, "last_error"),
        time(row, "made_at"),
        time(row, "delivered_at"),
        row.getInt("replays"),
        text(row, "replayed_by"),
        time(row, "replayed_at"),
        texts(row, "runs"),
        texts(row, "rules"),
        texts(row, "alert_ids"),
        row.getInt("incidents"),
        row.getInt("firing"),
        text(row, "severity"));
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? List.of() : Arrays.asList((String[]) array.getArray());
  }

  private static <T> List<T> orNone(Supplier<List<T>> read) {
    try {
      return read.get();
    } catch (BadSqlGrammarException e) {
      return List.of();
    }
  }
}
