package io.evenkeel.ui.control;

import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.SharedFeed;
import io.evenkeel.ui.livefeed.Source;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.stereotype.Component;

/** Follows how runs are steered, and the audit trail of all of them. */
@Component
public class ControlFeed {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final SharedFeed<String, ControlState, Source<ControlState>> runs;
  private final SharedFeed<String, List<AuditLine>, Source<List<AuditLine>>> trail;

  ControlFeed(ControlReader reader, ScheduledExecutorService pollers) {
    this.runs = new SharedFeed<>(run -> () -> reader.read(run), pollers, PERIOD);
    this.trail = new SharedFeed<>(all -> () -> reader.audit(""), pollers, PERIOD);
  }

  /**
   * Follows a run.
   *
   * @return ends it
   */
  public Runnable follow(String run, Listener<ControlState> listener) {
    return runs.follow(run, listener);
  }

  /**
   * Follows the audit trail of all runs.
   *
   * @return ends it
   */
  public Runnable followTrail(Listener<List<AuditLine>> listener) {
    return trail.follow("", listener);
  }
}
