package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.ui.alerts.Acknowledgement;
import io.evenkeel.ui.alerts.AlertDesk;
import io.evenkeel.ui.alerts.AlertFilter;
import io.evenkeel.ui.alerts.AlertLine;
import io.evenkeel.ui.alerts.SilenceLine;
import io.evenkeel.ui.alerts.SilenceScope;
import io.evenkeel.ui.chart.Figures;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Incidents, open ones apart from past ones. Texts from outside are set as text. */
final class AlertTable extends Div {
  private final transient Clock clock;
  private final Grid<Row> open;
  private final Grid<Row> past;
  private List<Row> shown = List.of();

  private record Row(AlertLine alert, @Nullable Acknowledgement taken, Telling telling) {}

  private enum Telling {
    TOLD,
    SILENCED
  }

  AlertTable(Clock clock, Consumer<AlertLine> choose) {
    this.clock = clock;
    addClassName("alert-table");
    open = grid("alerts-open", "Open alerts", choose);
    past = grid("alerts-past", "Past alerts", choose);
    add(card("Open", "Pending or firing now.", open));
    add(card("Past", "Resolved incidents, newest first.", past));
  }

  void show(AlertDesk desk, AlertFilter filter, AlertFilter unfiltered, String chosen) {
    boolean all = filter.equals(unfiltered);
    open.setEmptyStateText(
        all
            ? "Nothing is wrong. Alerts that are pending or firing show here."
            : "No open alert matches. Clear a field to see more.");
    past.setEmptyStateText(all ? "No alert has resolved yet." : "No past alert matches.");
    List<Row> rows =
        desk.alerts().stream()
            .map(
                alert ->
                    new Row(
                        alert,
                        desk.acknowledged().get(alert.alertId()),
                        telling(alert, desk.silences())))
            .toList();
    if (!rows.equals(shown)) {
      shown = rows;
      open.setItems(rows.stream().filter(row -> row.alert().isOpen()).toList());
      past.setItems(rows.stream().filter(row -> !row.alert().isOpen()).toList());
    }
    mark(open, chosen);
    mark(past, chosen);
  }

  private Telling telling(AlertLine alert, List<SilenceLine> silences) {
    boolean silenced =
        alert.isOpen()
            && silences.stream()
                .anyMatch(
                    silence ->
                        silence.standing(clock.instant()) == SilenceLine.Standing.ACTIVE
                            && SilenceScope.hides(silence, alert));
    return silenced ? Telling.SILENCED : Telling.TOLD;
  }

  private void mark(Grid<Row> grid, String chosen) {
    shown.stream()
        .filter(row -> row.alert().alertId().equals(chosen))
        .filter(row -> row.alert().isOpen() == (grid == open))
        .findFirst()
        .ifPresentOrElse(grid::select, grid::deselectAll);
  }

  private Grid<Row> grid(String id, String name, Consumer<AlertLine> choose) {
    var grid = new Grid<Row>();
    grid.setId(id);
    grid.getElement().setAttribute("aria-label", name);
    grid.setAllRowsVisible(true);
    grid.addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
    grid.addComponentColumn(AlertTable::standing)
        .setHeader("State")
        .setWidth("118px")
        .setFlexGrow(0);
    grid.addComponentColumn(AlertTable::rule).setHeader("Rule, place, run").setFlexGrow(2);
    grid.addComponentColumn(this::when).setHeader("Fired").setWidth("128px").setFlexGrow(0);
    grid.addComponentColumn(AlertTable::what).setHeader("What happened").setFlexGrow(4);
    grid.addSelectionListener(
        selection -> {
          if (selection.isFromClient()) {
            selection.getFirstSelectedItem().ifPresent(row -> choose.accept(row.alert()));
          }
        });
    return grid;
  }

  private Div when(Row row) {
    AlertLine alert = row.alert();
    String from = Figures.count(alert.firedStep() == null ? alert.firstStep() : alert.firedStep());
    Div box =
        Badges.lines(
            Figures.ago(alert.firedAt(), clock.instant()),
            alert.resolvedStep() == null
                ? "since step " + from
                : from + " – " + Figures.count(alert.resolvedStep()));
    box.setTitle(String.valueOf(alert.firedAt()));
    return box;
  }

  private static Div standing(Row row) {
    var box = new Div(Badges.severity(row.alert().severity()), Badges.state(row.alert().state()));
    box.addClassNames("two-lines", "badges");
    return box;
  }

  private static Div rule(Row row) {
    AlertLine alert = row.alert();
    var rule = new Span(alert.rule());
    rule.addClassName("knob-name");
    var place = new Span(alert.scope() + " · " + alert.run());
    place.addClassName("secondary");
    var box = new Div(rule, place);
    box.addClassName("two-lines");
    box.getElement().setAttribute("data-rule", alert.rule());
    box.getElement().setAttribute("data-alert", alert.alertId());
    return box;
  }

  private static Div what(Row row) {
    AlertLine alert = row.alert();
    var box =
        new Div(
            new Span(alert.summary()),
            secondary(
                Figures.figure(alert.value()) + ", limit " + Figures.figure(alert.threshold())));
    box.addClassName("two-lines");
    Acknowledgement taken = row.taken();
    if (taken != null) {
      box.add(secondary("✓ taken on by " + taken.who()));
    }
    if (row.telling() == Telling.SILENCED) {
      box.add(secondary("silenced: nobody is told"));
    }
    return box;
  }

  private static Span secondary(String text) {
    var span = new Span(text);
    span.addClassName("secondary");
    return span;
  }

  static Section card(
      String title, String description, com.vaadin.flow.component.Component content) {
    var text = new Span(description);
    text.addClassName("secondary");
    var head = new Div(new H3(title), text);
    head.addClassName("card-head");
    var card = new Section(head, content);
    card.addClassName("card");
    return card;
  }
}
