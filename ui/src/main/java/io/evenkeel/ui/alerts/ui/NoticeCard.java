package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import io.evenkeel.ui.alerts.AlertActions;
import io.evenkeel.ui.alerts.AlertLine;
import io.evenkeel.ui.alerts.NoticeLine;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.control.ui.RequestLog;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The delivery log: every notice to a receiver with its tries, and telling it again. */
final class NoticeCard extends Div {
  private final transient AlertActions actions;
  private final transient Access access;
  private final transient Clock clock;
  private final RequestLog requests;
  private final Grid<NoticeLine> grid = new Grid<>();
  private List<NoticeLine> shown = List.of();

  NoticeCard(AlertActions actions, Access access, Clock clock, RequestLog requests) {
    this.actions = actions;
    this.access = access;
    this.clock = clock;
    this.requests = requests;
    grid.setId("deliveries");
    grid.getElement().setAttribute("aria-label", "Delivery log");
    grid.setAllRowsVisible(true);
    grid.addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
    grid.addComponentColumn(NoticeCard::status)
        .setHeader("Status")
        .setWidth("124px")
        .setFlexGrow(0);
    grid.addComponentColumn(NoticeCard::about).setHeader("About").setFlexGrow(2);
    grid.addComponentColumn(NoticeCard::receiver).setHeader("Receiver").setFlexGrow(3);
    grid.addComponentColumn(this::when).setHeader("Made").setWidth("140px").setFlexGrow(0);
    grid.addComponentColumn(this::replay).setHeader("Again").setWidth("110px").setFlexGrow(0);
    add(
        AlertTable.card(
            "Delivery log",
            "Every notice to a receiver, with its tries. A notice told again bears its old id.",
            grid));
  }

  void show(List<NoticeLine> notices, @Nullable AlertLine chosen) {
    List<NoticeLine> wanted =
        chosen == null
            ? notices
            : notices.stream().filter(line -> line.alertIds().contains(chosen.alertId())).toList();
    grid.setEmptyStateText(
        chosen == null
            ? "Nobody was told of anything. Name receivers under Receivers to hear of alerts elsewhere."
            : "Nobody was told of this alert: no receiver, silenced, inhibited, or not due yet.");
    if (!wanted.equals(shown)) {
      shown = wanted;
      grid.setItems(wanted);
    }
  }

  private static Component status(NoticeLine line) {
    var box = new Div(Badges.state(line.status()));
    box.addClassNames("two-lines", "badges");
    if (!line.severity().isEmpty()) {
      box.add(Badges.severity(line.severity()));
    }
    return box;
  }

  private static Component about(NoticeLine line) {
    return Badges.lines(
        String.join(", ", line.rules()),
        line.incidents()
            + (line.incidents() == 1 ? " incident, " : " incidents, ")
            + line.firing()
            + " firing · "
            + String.join(", ", line.runs()));
  }

  private static Component receiver(NoticeLine line) {
    String tries = line.attempts() + (line.attempts() == 1 ? " try" : " tries");
    return Badges.lines(
        line.receiver() + " · " + line.url(),
        line.lastError().isEmpty() ? tries : tries + ": " + line.lastError());
  }

  private Component when(NoticeLine line) {
    return Badges.lines(
        Figures.ago(line.madeAt(), clock.instant()),
        line.replays() == 0 ? "" : "told again " + line.replays() + " × by " + line.replayedBy());
  }

  private Component replay(NoticeLine line) {
    var button = new Button("Replay");
    button.addClassName("replay");
    button.addThemeVariants(ButtonVariant.LUMO_SMALL);
    button.setAriaLabel("Tell " + line.receiver() + " again of " + String.join(", ", line.rules()));
    button.setEnabled(access.has(Role.OPERATOR) && !line.status().equals("pending"));
    button.addClickListener(
        click ->
            requests.ask(
                "Tell " + line.receiver() + " again of " + String.join(", ", line.rules()),
                () -> actions.replay(line.noticeId(), line.receiver())));
    return button;
  }
}
