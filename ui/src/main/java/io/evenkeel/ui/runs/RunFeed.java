package io.evenkeel.ui.runs;

import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.SharedFeed;
import io.evenkeel.ui.livefeed.Source;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.stereotype.Component;

/** Follows the list of runs, once for all who look at it. */
@Component
public class RunFeed {
  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final SharedFeed<String, List<RunRow>, Source<List<RunRow>>> feed;

  RunFeed(RunsReader reader, ScheduledExecutorService pollers) {
    this.feed = new SharedFeed<>(all -> reader::all, pollers, PERIOD);
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
