package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.ui.alerts.AlertBook;
import io.evenkeel.ui.alerts.AlertFeed;
import io.evenkeel.ui.alerts.AlertLine;
import io.evenkeel.ui.alerts.Delivery;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.livefeed.ui.LivePage;
import java.time.Clock;
import java.util.List;

/** Incidents, open and past, and the webhooks sent for them. Texts from outside are set as text. */
public final class AlertsPanel extends LivePage<AlertBook> {
  private final transient Clock clock;
  private final Grid<AlertLine> open = new Grid<>();
  private final Grid<AlertLine> past = new Grid<>();
  private final Grid<Delivery> deliveries = new Grid<>();
  private AlertBook shown = new AlertBook(List.of(), List.of());

  /**
   * A panel.
   *
   * @param run a run, or empty for all
   */
  public AlertsPanel(String run, AlertFeed feed, Clock clock) {
    this.clock = clock;
    addClassName("alerts-panel");
    setId("alerts-panel");
    open.setId("alerts-open");
    past.setId("alerts-past");
    deliveries.setId("deliveries");
    alertColumns(open);
    alertColumns(past);
    deliveryColumns();
    open.setEmptyStateText("Nothing is wrong. Alerts that are pending or firing show here.");
    past.setEmptyStateText("No alert has resolved yet.");
    deliveries.setEmptyStateText(
        "No webhook was sent. Give the controller a receiver to hear of alerts elsewhere.");
    add(
        card("Open", "Pending or firing now.", open),
        card("Past", "Resolved incidents, newest first.", past),
        card("Webhook deliveries", "Every notice to a receiver, with its tries.", deliveries));
    follow(listener -> feed.follow(run, listener));
  }

  @Override
  protected void show(AlertBook book) {
    if (book.equals(shown)) {
      return;
    }
    shown = book;
    open.setItems(book.alerts().stream().filter(AlertLine::isOpen).toList());
    past.setItems(book.alerts().stream().filter(alert -> !alert.isOpen()).toList());
    deliveries.setItems(book.deliveries());
  }

  private void alertColumns(Grid<AlertLine> grid) {
    grid.setAllRowsVisible(true);
    grid.addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
    grid.addComponentColumn(AlertsPanel::severity)
        .setHeader("Severity")
        .setWidth("124px")
        .setFlexGrow(0);
    grid.addComponentColumn(AlertsPanel::state).setHeader("State").setWidth("116px").setFlexGrow(0);
    grid.addComponentColumn(AlertsPanel::rule)
        .setHeader("Rule and scope")
        .setWidth("210px")
        .setFlexGrow(0);
    grid.addComponentColumn(alert -> new Anchor("runs/" + alert.run(), alert.run()))
        .setHeader("Run")
        .setWidth("170px")
        .setFlexGrow(0);
    grid.addColumn(AlertsPanel::steps).setHeader("Steps").setWidth("136px").setFlexGrow(0);
    grid.addColumn(
            alert -> Figures.figure(alert.value()) + " / " + Figures.figure(alert.threshold()))
        .setHeader("Value / limit")
        .setWidth("130px")
        .setFlexGrow(0);
    grid.addColumn(alert -> Figures.ago(alert.firedAt(), clock.instant()))
        .setHeader("Fired")
        .setWidth("104px")
        .setFlexGrow(0);
    grid.addComponentColumn(AlertsPanel::summary).setHeader("What happened").setFlexGrow(1);
  }

  private void deliveryColumns() {
    deliveries.setAllRowsVisible(true);
    deliveries.addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
    deliveries
        .addColumn(line -> Figures.ago(line.acceptedAt(), clock.instant()))
        .setHeader("Accepted")
        .setWidth("110px")
        .setFlexGrow(0);
    deliveries
        .addComponentColumn(AlertsPanel::status)
        .setHeader("Status")
        .setWidth("128px")
        .setFlexGrow(0);
    deliveries
        .addColumn(line -> line.rule() + " " + line.scope())
        .setHeader("Alert")
        .setWidth("250px")
        .setFlexGrow(0);
    deliveries.addColumn(Delivery::state).setHeader("Notice").setWidth("100px").setFlexGrow(0);
    deliveries
        .addColumn(line -> Integer.toString(line.attempts()))
        .setHeader("Tries")
        .setWidth("72px")
        .setFlexGrow(0);
    deliveries
        .addColumn(
            line -> line.lastError().isEmpty() ? line.url() : line.url() + " · " + line.lastError())
        .setHeader("Receiver")
        .setFlexGrow(1);
  }

  private static String steps(AlertLine alert) {
    String from = Figures.count(alert.firedStep() == null ? alert.firstStep() : alert.firedStep());
    return alert.resolvedStep() == null
        ? "since " + from
        : from + " – " + Figures.count(alert.resolvedStep());
  }

  private static Span severity(AlertLine alert) {
    return badge(
        alert.severity(),
        switch (alert.severity()) {
          case "critical" -> "badge-bad";
          case "warning" -> "badge-warn";
          default -> "badge-info";
        });
  }

  private static Span state(AlertLine alert) {
    return badge(
        alert.state(),
        switch (alert.state()) {
          case "firing" -> "badge-bad";
          case "pending" -> "badge-warn";
          default -> "badge-good";
        });
  }

  private static Span status(Delivery delivery) {
    return badge(
        delivery.status(),
        switch (delivery.status()) {
          case "delivered" -> "badge-good";
          case "failed" -> "badge-bad";
          default -> "badge-info";
        });
  }

  private static Div rule(AlertLine alert) {
    var rule = new Span(alert.rule());
    rule.addClassName("knob-name");
    var scope = new Span(alert.scope());
    scope.addClassName("secondary");
    var box = new Div(rule, scope);
    box.addClassName("two-lines");
    box.getElement().setAttribute("data-rule", alert.rule());
    return box;
  }

  private static Div summary(AlertLine alert) {
    var runbook = new Span("What to do: " + alert.runbook());
    runbook.addClassName("secondary");
    var box = new Div(new Span(alert.summary()), runbook);
    box.addClassName("two-lines");
    return box;
  }

  private static Span badge(String text, String kind) {
    var badge = new Span(text);
    badge.addClassNames("badge", kind);
    return badge;
  }

  private static Section card(String title, String description, Grid<?> grid) {
    var text = new Span(description);
    text.addClassName("secondary");
    var head = new Div(new H3(title), text);
    head.addClassName("card-head");
    var card = new Section(head, grid);
    card.addClassName("card");
    return card;
  }
}
