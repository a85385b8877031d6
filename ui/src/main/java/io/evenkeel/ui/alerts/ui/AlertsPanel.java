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
    compact(grid);
    grid.addComponentColumn(AlertsPanel::standing)
        .setHeader("State")
        .setWidth("112px")
        .setFlexGrow(0);
    grid.addComponentColumn(AlertsPanel::rule)
        .setHeader("Rule and run")
        .setWidth("190px")
        .setFlexGrow(0);
    grid.addComponentColumn(this::when).setHeader("Fired").setWidth("116px").setFlexGrow(0);
    grid.addComponentColumn(
            alert ->
                lines(Figures.figure(alert.value()), "limit " + Figures.figure(alert.threshold())))
        .setHeader("Value")
        .setWidth("100px")
        .setFlexGrow(0);
    grid.addComponentColumn(alert -> lines(alert.summary(), "What to do: " + alert.runbook()))
        .setHeader("What happened")
        .setFlexGrow(1);
  }

  private void deliveryColumns() {
    compact(deliveries);
    deliveries
        .addComponentColumn(AlertsPanel::status)
        .setHeader("Status")
        .setWidth("112px")
        .setFlexGrow(0);
    deliveries
        .addComponentColumn(line -> lines(line.rule(), line.scope() + ", " + line.state()))
        .setHeader("Notice")
        .setWidth("190px")
        .setFlexGrow(0);
    deliveries
        .addColumn(line -> Figures.ago(line.acceptedAt(), clock.instant()))
        .setHeader("Accepted")
        .setWidth("116px")
        .setFlexGrow(0);
    deliveries
        .addColumn(line -> Integer.toString(line.attempts()))
        .setHeader("Tries")
        .setWidth("100px")
        .setFlexGrow(0);
    deliveries
        .addComponentColumn(line -> lines(line.url(), line.lastError()))
        .setHeader("Receiver")
        .setFlexGrow(1);
  }

  private static void compact(Grid<?> grid) {
    grid.setAllRowsVisible(true);
    grid.addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
  }

  private static Div lines(String first, String second) {
    var below = new Span(second);
    below.addClassName("secondary");
    var box = new Div(new Span(first), below);
    box.addClassName("two-lines");
    return box;
  }

  private Div when(AlertLine alert) {
    return lines(Figures.ago(alert.firedAt(), clock.instant()), steps(alert));
  }

  private static Div standing(AlertLine alert) {
    var box = new Div(severity(alert), state(alert));
    box.addClassNames("two-lines", "badges");
    return box;
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
    var box = new Div(rule, scope, new Anchor("runs/" + alert.run(), alert.run()));
    box.addClassName("two-lines");
    box.getElement().setAttribute("data-rule", alert.rule());
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
