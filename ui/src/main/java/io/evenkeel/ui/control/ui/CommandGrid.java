package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.control.CommandLine;
import java.time.Clock;
import java.util.List;

/** Commands and the trainer's answers. Texts from outside are set as text. */
final class CommandGrid extends Grid<CommandLine> {
  private List<CommandLine> shown = List.of();

  CommandGrid(Clock clock) {
    setId("commands");
    addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
    setEmptyStateText("No command yet. In mode observe there never is one.");
    addComponentColumn(
            line ->
                AuditGrid.lines(
                    "#" + line.sequence(), Figures.ago(line.issuedAt(), clock.instant())))
        .setHeader("Issued")
        .setWidth("110px")
        .setFlexGrow(0);
    addComponentColumn(CommandGrid::status).setHeader("Status").setWidth("112px").setFlexGrow(0);
    addComponentColumn(line -> AuditGrid.lines(change(line), line.origin()))
        .setHeader("Command and origin")
        .setWidth("230px")
        .setFlexGrow(0);
    addColumn(CommandGrid::steps)
        .setHeader("Step issued → applied")
        .setWidth("150px")
        .setFlexGrow(0);
    addColumn(line -> line.answer().isEmpty() ? line.reason() : line.answer())
        .setHeader("Why")
        .setFlexGrow(1);
  }

  void show(List<CommandLine> lines) {
    if (!lines.equals(shown)) {
      shown = lines;
      setItems(lines);
    }
  }

  private static String change(CommandLine line) {
    return line.to() == null
        ? line.target()
        : line.target() + "  " + Figures.figure(line.from()) + " → " + Figures.figure(line.to());
  }

  private static String steps(CommandLine line) {
    String issued = Figures.count(line.issuedStep());
    return line.appliedStep() == null ? issued : issued + " → " + Figures.count(line.appliedStep());
  }

  private static Span status(CommandLine line) {
    var badge = new Span(line.status());
    badge.addClassName("badge");
    badge.addClassName(
        switch (line.status()) {
          case "applied" -> "badge-good";
          case "rejected" -> "badge-bad";
          case "expired" -> "badge-warn";
          default -> "badge-info";
        });
    return badge;
  }
}
