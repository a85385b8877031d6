package io.evenkeel.ui.alerts;

import io.evenkeel.ui.control.AuditFilter;
import io.evenkeel.ui.control.AuditReader;
import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.SharedFeed;
import io.evenkeel.ui.livefeed.Source;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.stereotype.Component;

/** Follows incidents, and what is done with them. */
@Component
public class AlertDeskFeed {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final int MOST = 300;
  private static final int ANSWERS = 40;
  private static final int NOTICES = 200;

  private final AlertReader alerts;
  private final AlertDeskReader desk;
  private final AuditReader audit;
  private final Clock clock;
  private final SharedFeed<Asked, AlertDesk, Source<AlertDesk>> feed;

  AlertDeskFeed(
      AlertReader alerts,
      AlertDeskReader desk,
      AuditReader audit,
      Clock clock,
      ScheduledExecutorService pollers) {
    this.alerts = alerts;
    this.desk = desk;
    this.audit = audit;
    this.clock = clock;
    this.feed = new SharedFeed<>(asked -> () -> read(asked), pollers, PERIOD);
  }

  /**
   * Follows the incidents that match, and one besides, whatever it is.
   *
   * @param alert an alert's id, or empty
   * @return ends it
   */
  public Runnable follow(AlertFilter filter, String alert, Listener<AlertDesk> listener) {
    return feed.follow(new Asked(filter, alert), listener);
  }

  private record Asked(AlertFilter filter, String alert) {}

  private AlertDesk read(Asked asked) {
    List<AlertLine> matching = new ArrayList<>(alerts.newest(asked.filter(), MOST));
    if (!asked.alert().isEmpty()
        && matching.stream().noneMatch(line -> line.alertId().equals(asked.alert()))) {
      alerts.find(asked.alert()).ifPresent(matching::add);
    }
    Map<String, Acknowledgement> acknowledged = new HashMap<>();
    desk.acknowledgements(asked.filter().run())
        .forEach(one -> acknowledged.putIfAbsent(one.alertId(), one));
    return new AlertDesk(
        matching,
        acknowledged,
        desk.silences().stream()
            .filter(silence -> silence.standing(clock.instant()) != SilenceLine.Standing.OVER)
            .toList(),
        desk.notices(asked.filter().run(), "", NOTICES),
        audit.newest(AuditFilter.ALL, ANSWERS).lines());
  }
}
