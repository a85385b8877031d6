package io.evenkeel.ui.health;

import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;
import static io.evenkeel.ui.store.Columns.whole;

import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.SharedFeed;
import io.evenkeel.ui.livefeed.Source;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.common.utils.AppInfoParser;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Follows Evenkeel's own health. */
@Component
public class HealthFeed {
  private static final Duration PERIOD = Duration.ofSeconds(2);
  private static final int MOST = 100;
  private static final String VERSIONS =
      "Evenkeel "
          + Objects.requireNonNullElse(
              HealthFeed.class.getPackage().getImplementationVersion(), "of this source tree")
          + " · Java "
          + Runtime.version()
          + " · Kafka clients "
          + AppInfoParser.getVersion();

  private final JdbcClient database;
  private final SharedFeed<String, Health, Source<Health>> feed;

  HealthFeed(JdbcClient database, ScheduledExecutorService pollers) {
    this.database = database;
    this.feed = new SharedFeed<>(all -> this::read, pollers, PERIOD);
  }

  /**
   * Follows it.
   *
   * @return ends it
   */
  public Runnable follow(Listener<Health> listener) {
    return feed.follow("", listener);
  }

  Health read() {
    return new Health(
        database.sql("select version()").query(String.class).single(),
        VERSIONS,
        database
            .sql(
                "select * from ui_v1_telemetry_counts order by run desc, incarnation desc limit "
                    + MOST)
            .query(
                (row, number) ->
                    new Health.Count(
                        text(row, "run"),
                        row.getInt("incarnation"),
                        row.getLong("stored"),
                        row.getLong("dropped"),
                        whole(row, "first_step"),
                        whole(row, "last_step")))
            .list(),
        database
            .sql("select * from ui_v1_dead_letters order by at desc limit " + MOST)
            .query(
                (row, number) ->
                    new Health.Letter(
                        text(row, "source_topic"),
                        text(row, "error_id"),
                        text(row, "message"),
                        text(row, "service"),
                        time(row, "at"),
                        row.getLong("value_length")))
            .list());
  }
}
