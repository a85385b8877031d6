package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.router.QueryParameters;
import io.evenkeel.ui.alerts.AlertActions;
import io.evenkeel.ui.alerts.AlertDeskFeed;
import io.evenkeel.ui.alerts.Runbooks;
import io.evenkeel.ui.evidence.EvidenceDesk;
import io.evenkeel.ui.rules.RuleFeed;
import io.evenkeel.ui.security.Access;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** Makes panels of alerts, for the pages that have one. */
@Component
public class AlertDesks {
  private final AlertDeskFeed feed;
  private final AlertActions actions;
  private final EvidenceDesk evidence;
  private final Runbooks runbooks;
  private final RuleFeed rules;
  private final Access access;
  private final Clock clock;

  AlertDesks(
      AlertDeskFeed feed,
      AlertActions actions,
      EvidenceDesk evidence,
      Runbooks runbooks,
      RuleFeed rules,
      Access access,
      Clock clock) {
    this.feed = feed;
    this.actions = actions;
    this.evidence = evidence;
    this.runbooks = runbooks;
    this.rules = rules;
    this.access = access;
    this.clock = clock;
  }

  /**
   * A new panel.
   *
   * @param run the run that it is about; empty: all of them
   * @param asked the parameters of the address that it is opened with
   * @param address hears the parameters of the address that restores it, without the run that it is
   *     about
   */
  public AlertDeskPanel open(
      String run, QueryParameters asked, Consumer<Map<String, String>> address) {
    return new AlertDeskPanel(
        run, asked, address, feed, actions, evidence, runbooks, rules, access, clock);
  }
}
