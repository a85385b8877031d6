package io.evenkeel.ui.runs;

import io.evenkeel.ui.labels.RunLabel;
import io.evenkeel.ui.labels.RunLabels;
import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.SharedFeed;
import io.evenkeel.ui.livefeed.Source;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Follows the list of runs, once for all who look at it. */
@Component
public class RunFeed {
  private static final Logger LOG = LoggerFactory.getLogger(RunFeed.class);
  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final SharedFeed<String, List<RunRow>, Source<List<RunRow>>> feed;

  RunFeed(RunsReader reader, RunLabels labels, ScheduledExecutorService pollers) {
    this.feed = new SharedFeed<>(all -> () -> read(reader, labels), pollers, PERIOD);
  }

  private static List<RunRow> read(RunsReader reader, RunLabels labels) {
    List<RunRow> rows = reader.all();
    Map<String, RunLabel> known = known(labels);
    return rows.stream()
        .map(row -> row.with(known.getOrDefault(row.header().run(), row.label())))
        .toList();
  }

  // What people say about runs is less than the runs: without it, the list is still there.
  private static Map<String, RunLabel> known(RunLabels labels) {
    try {
      return labels.all();
    } catch (DataAccessException e) {
      LOG.debug("no labels", e);
      return Map.of();
    }
  }

  /**
   * Follows the list.
   *
   * @return ends it
   */
  public Runnable follow(Listener<List<RunRow>> listener) {
    return feed.follow("all", listener);
  }
}
