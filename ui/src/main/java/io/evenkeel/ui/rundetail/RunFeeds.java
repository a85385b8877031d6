package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.SharedFeed;
import io.evenkeel.ui.runs.RunsReader;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.stereotype.Component;

/** Follows runs, each once, for all who look at them. */
@Component
public class RunFeeds {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final SharedFeed<String, RunState, RunSource> feed;

  RunFeeds(
      RunsReader runs, RunReader reader, SeriesReaders readers, ScheduledExecutorService pollers) {
    this.feed = new SharedFeed<>(run -> new RunSource(run, runs, reader, readers), pollers, PERIOD);
  }

  /**
   * Follows a run.
   *
   * @return ends it
   */
  public Runnable follow(String run, Listener<RunState> listener) {
    return feed.follow(run, listener);
  }

  /** Asks for a layer's loads from the next tick on. */
  public void watchLayer(String run, int layer) {
    feed.source(run).ifPresent(source -> source.watchLayer(layer));
  }

  /** Reads everything of a run anew at the next tick. */
  public void retry(String run) {
    feed.source(run).ifPresent(RunSource::retry);
  }
}
