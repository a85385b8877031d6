package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import io.evenkeel.ui.layout.Address;
import jakarta.annotation.security.PermitAll;
import org.jspecify.annotations.Nullable;

/** The alerts of all runs. The address restores filter and choice. */
@Route("alerts")
@PageTitle("Alerts · Evenkeel")
@PermitAll
public final class AlertsView extends Div implements BeforeEnterObserver {
  private final transient AlertDesks desks;
  private @Nullable AlertDeskPanel panel;

  /** Builds the page; what it shows comes with the address. */
  public AlertsView(AlertDesks desks) {
    this.desks = desks;
    addClassName("page");
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    QueryParameters asked = event.getLocation().getQueryParameters();
    AlertDeskPanel shown = panel;
    if (shown == null) {
      panel = desks.open("", asked, parameters -> Address.show(this, "alerts", parameters));
      add(panel);
    } else {
      shown.look(asked);
    }
  }
}
