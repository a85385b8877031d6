package io.evenkeel.ui.alerts;

import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;

import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.SharedFeed;
import io.evenkeel.ui.livefeed.Source;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Follows incidents and the notices of them. */
@Component
public class AlertFeed {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final int MOST = 300;

  private final JdbcClient database;
  private final AlertReader reader;
  private final SharedFeed<String, AlertBook, Source<AlertBook>> feed;

  AlertFeed(JdbcClient database, AlertReader reader, ScheduledExecutorService pollers) {
    this.database = database;
    this.reader = reader;
    this.feed = new SharedFeed<>(run -> () -> read(run), pollers, PERIOD);
  }

  /**
   * Follows the incidents of a run, or of all when {@code run} is empty.
   *
   * @return ends it
   */
  public Runnable follow(String run, Listener<AlertBook> listener) {
    return feed.follow(run, listener);
  }

  AlertBook read(String run) {
    return new AlertBook(reader.newest(AlertFilter.ofRun(run), MOST), deliveries(run));
  }

  // The controller makes its view when it first starts; until then nothing was sent.
  private List<Delivery> deliveries(String run) {
    try {
      return database
          .sql(
              "select * from ui_v1_webhook_deliveries where :run = '' or run = :run"
                  + " order by accepted_at desc limit "
                  + MOST)
          .param("run", run)
          .query(
              (row, number) ->
                  new Delivery(
                      text(row, "notice_id"),
                      text(row, "run"),
                      text(row, "rule"),
                      text(row, "scope"),
                      text(row, "state"),
                      text(row, "url"),
                      text(row, "status"),
                      row.getInt("attempts"),
                      text(row, "last_error"),
                      time(row, "accepted_at"),
                      time(row, "delivered_at")))
          .list();
    } catch (BadSqlGrammarException e) {
      return List.of();
    }
  }
}
