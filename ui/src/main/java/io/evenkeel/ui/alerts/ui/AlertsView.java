package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.evenkeel.ui.alerts.AlertFeed;
import jakarta.annotation.security.PermitAll;
import java.time.Clock;

/** Incidents of all runs. */
@Route("alerts")
@PageTitle("Alerts · Evenkeel")
@PermitAll
public final class AlertsView extends Div {
  /** Builds the page. */
  public AlertsView(AlertFeed feed, Clock clock) {
    addClassName("page");
    add(new AlertsPanel("", feed, clock));
  }
}
