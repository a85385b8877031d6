package io.evenkeel.ui.receivers.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.Composite;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.receivers.ReceiverLine;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Every channel of every receiver, how it fares, and a test. */
final class ReceiverCard extends Composite<Section> {
  private final transient Clock clock;
  private final Grid<ReceiverLine> grid = new Grid<>();
  private List<ReceiverLine> shown = List.of();

  /** Whether the reader may test. */
  enum Testing {
    ALLOWED,
    LOOK_ONLY
  }

  ReceiverCard(Testing testing, Consumer<String> test, Clock clock) {
    this.clock = clock;
    grid.setId("receivers-grid");
    Pieces.compact(grid);
    grid.addComponentColumn(ReceiverCard::health)
        .setHeader("Health")
        .setWidth("124px")
        .setFlexGrow(0);
    grid.addComponentColumn(line -> Pieces.lines(line.receiver(), line.kind()))
        .setHeader("Receiver")
        .setWidth("170px")
        .setFlexGrow(0);
    grid.addComponentColumn(line -> Pieces.lines(line.url(), trouble(line)))
        .setHeader("Address and last trouble")
        .setFlexGrow(1);
    grid.addComponentColumn(this::deliveries)
        .setHeader("Last day")
        .setWidth("150px")
        .setFlexGrow(0);
    grid.addComponentColumn(this::test).setHeader("Last test").setWidth("190px").setFlexGrow(0);
    if (testing == Testing.ALLOWED) {
      grid.addComponentColumn(line -> button(line, test))
          .setHeader("")
          .setWidth("96px")
          .setFlexGrow(0);
    }
    grid.setEmptyStateText(
        "Nobody is told of alerts. Name a receiver below: a webhook, Slack, PagerDuty or an"
            + " Alertmanager.");
  }

  @Override
  protected Section initContent() {
    return Pieces.card("Receivers", "Who is told, and whether it arrives.", grid);
  }

  void show(List<ReceiverLine> lines) {
    if (!lines.equals(shown)) {
      shown = lines;
      grid.setItems(lines);
    }
  }

  private static Component health(ReceiverLine line) {
    return switch (line.health()) {
      case GOOD -> Pieces.badge("good", "badge-good");
      case TROUBLED -> Pieces.badge("troubled", "badge-warn");
      case DISABLED -> Pieces.badge("disabled", "badge-bad");
      case QUIET -> Pieces.badge("quiet", "badge-info");
      case REMOVED -> Pieces.badge("removed", "badge-plain");
    };
  }

  private static String trouble(ReceiverLine line) {
    return line.disabledReason().isEmpty() ? line.lastError() : line.disabledReason();
  }

  private Component deliveries(ReceiverLine line) {
    String counts =
        (line.pending() > 0 ? line.pending() + " waiting" : "")
            + (line.pending() > 0 && line.failedOfLate() > 0 ? ", " : "")
            + (line.failedOfLate() > 0 ? line.failedOfLate() + " given up" : "");
    String last =
        line.lastDeliveredAt() == null
            ? "nothing taken"
            : "taken " + Figures.ago(line.lastDeliveredAt(), clock.instant());
    return Pieces.lines(last, counts);
  }

  private Component test(ReceiverLine line) {
    ReceiverLine.Test test = line.test();
    if (test == null) {
      var never = new Span("never");
      never.addClassName("secondary");
      return never;
    }
    var state =
        Pieces.badge(
            test.taken() ? "taken" : "not taken", test.taken() ? "badge-good" : "badge-bad");
    var box = new Div(state, Pieces.lines(Figures.ago(test.at(), clock.instant()), test.answer()));
    box.addClassName("two-lines");
    return box;
  }

  private static Component button(ReceiverLine line, Consumer<String> test) {
    var button = new Button("Test", click -> test.accept(line.receiver()));
    button.addThemeVariants(ButtonVariant.LUMO_SMALL);
    button.setAriaLabel("Send a test notice to " + line.receiver());
    button.getElement().setAttribute("data-test", line.receiver().toLowerCase(Locale.ROOT));
    button.setEnabled(line.configured());
    return button;
  }
}
