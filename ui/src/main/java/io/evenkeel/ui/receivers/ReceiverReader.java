package io.evenkeel.ui.receivers;

import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;

import io.evenkeel.alerting.config.Channel.Reach;
import io.evenkeel.ui.alerts.AlertDeskReader;
import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.SharedFeed;
import io.evenkeel.ui.livefeed.Source;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and follows receivers and routes. */
@Component
public class ReceiverReader {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final int MOST = 200;
  private static final String ALL = "";

  private static final int MOST_NOTICES = 100;

  private final JdbcClient database;
  private final AlertDeskReader desk;
  private final SharedFeed<String, ReceiverBook, Source<ReceiverBook>> feed;

  /** A reader of the database. */
  public ReceiverReader(
      JdbcClient database, AlertDeskReader desk, ScheduledExecutorService pollers) {
    this.database = database;
    this.desk = desk;
    this.feed = new SharedFeed<>(all -> this::read, pollers, PERIOD);
  }

  /**
   * Follows them.
   *
   * @return ends it
   */
  public Runnable follow(Listener<ReceiverBook> listener) {
    return feed.follow(ALL, listener);
  }

  /** Receivers and routes as they stand. */
  public ReceiverBook read() {
    try {
      return new ReceiverBook(
          versions(1).stream().findFirst().orElse(ConfigVersion.NONE),
          place(),
          receivers(),
          desk.notices("", "", MOST_NOTICES),
          desk.answers());
    } catch (BadSqlGrammarException e) {
      // The controller makes its views when it first starts.
      return new ReceiverBook(ConfigVersion.NONE, Place.UNKNOWN, List.of(), List.of(), Map.of());
    }
  }

  /** The newest versions, newest first. */
  public List<ConfigVersion> versions(int most) {
    return database
        .sql("select * from ui_v1_alerts_config order by version desc limit :most")
        .param("most", most)
        .query((row, number) -> version(row))
        .list();
  }

  /** A version. */
  public Optional<ConfigVersion> version(long number) {
    return database
        .sql("select * from ui_v1_alerts_config where version = :version")
        .param("version", number)
        .query((row, index) -> version(row))
        .optional();
  }

  private static ConfigVersion version(ResultSet row) throws SQLException {
    return new ConfigVersion(
        row.getLong("version"),
        text(row, "text"),
        text(row, "origin"),
        text(row, "author"),
        text(row, "comment"),
        time(row, "saved_at"));
  }

  private Place place() {
    return database
        .sql("select * from ui_v1_alerts_place")
        .query(
            (row, number) ->
                new Place(
                    row.getBoolean("private_allowed") ? Reach.PRIVATE_TOO : Reach.PUBLIC_ONLY,
                    row.getBoolean("fixed") ? Place.Editing.FIXED : Place.Editing.POSSIBLE,
                    Set.of((String[]) row.getArray("secret_names").getArray()),
                    row.getLong("applied_version"),
                    text(row, "problem")))
        .optional()
        .orElse(Place.UNKNOWN);
  }

  private List<ReceiverLine> receivers() {
    return database
        .sql("select * from ui_v1_receivers order by configured desc, receiver limit " + MOST)
        .query(
            (row, number) ->
                new ReceiverLine(
                    text(row, "receiver"),
                    text(row, "url"),
                    row.getBoolean("configured"),
                    text(row, "disabled_reason"),
                    row.getInt("pending"),
                    row.getInt("failed_of_late"),
                    time(row, "last_delivered_at"),
                    text(row, "last_error"),
                    test(row)))
        .list();
  }

  private static ReceiverLine.@Nullable Test test(ResultSet row) throws SQLException {
    Instant at = time(row, "tested_at");
    return at == null
        ? null
        : new ReceiverLine.Test(at, row.getBoolean("tested_taken"), text(row, "tested_answer"));
  }
}
