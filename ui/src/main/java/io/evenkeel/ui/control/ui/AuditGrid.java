package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.control.AuditLine;
import java.time.Clock;
import java.util.List;
import java.util.Locale;

/** The audit trail. Texts from outside are set as text. */
final class AuditGrid extends Grid<AuditLine> {
  private final transient Clock clock;
  private List<AuditLine> shown = List.of();

  /** Which columns there are. */
  enum Scope {
    ONE_RUN,
    ALL_RUNS
  }

  AuditGrid(Clock clock, Scope scope) {
    this.clock = clock;
    setId("audit");
    addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
    addComponentColumn(this::when).setHeader("When").setWidth("110px").setFlexGrow(0);
    if (scope == Scope.ALL_RUNS) {
      addComponentColumn(line -> new Anchor("runs/" + line.run() + "?tab=control", line.run()))
          .setHeader("Run")
          .setWidth("150px")
          .setFlexGrow(0);
    }
    addComponentColumn(AuditGrid::decision).setHeader("Decision").setWidth("112px").setFlexGrow(0);
    addComponentColumn(line -> lines(change(line), line.actor()))
        .setHeader("What and who")
        .setWidth("230px")
        .setFlexGrow(0);
    addColumn(line -> (line.errorId() + " " + line.reason()).strip())
        .setHeader("Why")
        .setFlexGrow(1);
  }

  private Div when(AuditLine line) {
    return lines(Figures.ago(line.at(), clock.instant()), "step " + Figures.count(line.step()));
  }

  static Div lines(String first, String second) {
    var below = new Span(second);
    below.addClassName("secondary");
    var box = new Div(new Span(first), below);
    box.addClassName("two-lines");
    return box;
  }

  void show(List<AuditLine> lines) {
    if (!lines.equals(shown)) {
      shown = lines;
      setItems(lines);
    }
  }

  private static Span decision(AuditLine line) {
    var badge = new Span(line.decision().toLowerCase(Locale.ROOT));
    badge.addClassName("badge");
    badge.addClassName(
        switch (line.decision()) {
          case "acted" -> "badge-good";
          case "refused", "blocked" -> "badge-bad";
          case "proposed" -> "badge-warn";
          default -> "badge-info";
        });
    return badge;
  }

  static String change(AuditLine line) {
    if (line.to() == null) {
      return line.target();
    }
    return line.target() + "  " + Figures.figure(line.from()) + " → " + Figures.figure(line.to());
  }
}
