package io.evenkeel.ui.receivers.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.Composite;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.Section;
import io.evenkeel.ui.alerts.NoticeLine;
import io.evenkeel.ui.chart.Figures;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;

/** The delivery log: every notice and channel, and a replay. */
final class NoticeCard extends Composite<Section> {
  private final transient Clock clock;
  private final Grid<NoticeLine> grid = new Grid<>();
  private List<NoticeLine> shown = List.of();

  /** Whether the reader may have notices told again. */
  enum Replaying {
    ALLOWED,
    LOOK_ONLY
  }

  NoticeCard(Replaying replaying, Consumer<NoticeLine> replay, Clock clock) {
    this.clock = clock;
    grid.setId("notices-grid");
    Pieces.compact(grid);
    grid.addComponentColumn(NoticeCard::status)
        .setHeader("Status")
        .setWidth("124px")
        .setFlexGrow(0);
    grid.addComponentColumn(this::when).setHeader("Made").setWidth("150px").setFlexGrow(0);
    grid.addComponentColumn(NoticeCard::what).setHeader("What").setFlexGrow(1);
    grid.addComponentColumn(line -> Pieces.lines(line.receiver(), line.lastError()))
        .setHeader("Channel and last refusal")
        .setFlexGrow(1);
    if (replaying == Replaying.ALLOWED) {
      grid.addComponentColumn(line -> button(line, replay))
          .setHeader("")
          .setWidth("104px")
          .setFlexGrow(0);
    }
    grid.setEmptyStateText("No notice has been made yet.");
  }

  @Override
  protected Section initContent() {
    return Pieces.card(
        "Delivery log",
        "The newest hundred notices. A replay has the same id and is marked as one.",
        grid);
  }

  void show(List<NoticeLine> lines) {
    if (!lines.equals(shown)) {
      shown = lines;
      grid.setItems(lines);
    }
  }

  private static Component status(NoticeLine line) {
    return Pieces.badge(
        line.status() + (line.attempts() > 1 ? ", try " + line.attempts() : ""),
        switch (line.status()) {
          case "delivered" -> "badge-good";
          case "failed" -> "badge-bad";
          default -> "badge-info";
        });
  }

  private Component when(NoticeLine line) {
    String replays =
        line.replays() == 0
            ? ""
            : "replayed by %s %s"
                .formatted(line.replayedBy(), Figures.ago(line.replayedAt(), clock.instant()));
    return Pieces.lines(Figures.ago(line.madeAt(), clock.instant()), replays);
  }

  private static Component what(NoticeLine line) {
    String rules = line.rules().isEmpty() ? "its run was deleted" : String.join(", ", line.rules());
    return Pieces.lines(
        rules,
        "%s: %d firing, %d resolved"
            .formatted(
                String.join(", ", line.runs()), line.firing(), line.incidents() - line.firing()));
  }

  private static Component button(NoticeLine line, Consumer<NoticeLine> replay) {
    var button = new Button("Replay", click -> replay.accept(line));
    button.addThemeVariants(ButtonVariant.LUMO_SMALL);
    button.setAriaLabel("Tell " + line.receiver() + " the notice " + line.noticeId() + " again");
    button.getElement().setAttribute("data-replay", line.noticeId());
    button.setEnabled(!line.status().equals("pending"));
    return button;
  }
}
