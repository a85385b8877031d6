package io.evenkeel.ui.control;

import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.SharedFeed;
import io.evenkeel.ui.livefeed.Source;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.stereotype.Component;

/** Follows how runs are steered, and the audit trail of all of them. */
@Component
public class ControlFeed {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration TRAIL_PERIOD = Duration.ofSeconds(2);

  private final SharedFeed<String, ControlState, Source<ControlState>> runs;
  private final SharedFeed<String, KillStanding, Source<KillStanding>> switches;
  private final SharedFeed<Asked, AuditPage, Source<AuditPage>> trail;

  ControlFeed(ControlReader reader, AuditReader audit, ScheduledExecutorService pollers) {
    this.runs = new SharedFeed<>(run -> () -> reader.read(run), pollers, PERIOD);
    this.switches = new SharedFeed<>(all -> reader::killStanding, pollers, PERIOD);
    this.trail =
        new SharedFeed<>(
            asked -> () -> audit.newest(asked.filter(), asked.limit()), pollers, TRAIL_PERIOD);
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
   * Follows how far the kill switches are pulled, over all runs.
   *
   * @return ends it
   */
  public Runnable followKillSwitches(Listener<KillStanding> listener) {
    return switches.follow("", listener);
  }

  /**
   * Follows the newest lines of the audit trail that match, at most {@code limit} of them.
   *
   * @return ends it
   */
  public Runnable followTrail(AuditFilter filter, int limit, Listener<AuditPage> listener) {
    return trail.follow(new Asked(filter, limit), listener);
  }

  private record Asked(AuditFilter filter, int limit) {}
}
