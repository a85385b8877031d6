package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.data.renderer.ComponentRenderer;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.control.AuditLine;
import io.evenkeel.ui.control.AuditSentence;
import java.time.Clock;
import java.util.List;
import java.util.Locale;

/**
 * The audit trail; a line opens to its sentence and its evidence. Texts from outside are set as
 * text.
 */
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
    getElement().setAttribute("aria-label", "Audit trail");
    addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
    addComponentColumn(this::when).setHeader("When").setWidth("110px").setFlexGrow(0);
    if (scope == Scope.ALL_RUNS) {
      addComponentColumn(AuditGrid::run).setHeader("Run").setWidth("150px").setFlexGrow(0);
    }
    addComponentColumn(AuditGrid::decision).setHeader("Decision").setWidth("112px").setFlexGrow(0);
    addComponentColumn(line -> lines(AuditSentence.change(line), line.actor()))
        .setHeader("What and who")
        .setWidth("230px")
        .setFlexGrow(0);
    addColumn(line -> (line.errorId() + " " + line.reason()).strip())
        .setHeader("Why")
        .setFlexGrow(1);
    setItemDetailsRenderer(new ComponentRenderer<>(AuditGrid::details));
    setDetailsVisibleOnClick(true);
  }

  private Div when(AuditLine line) {
    Div box = lines(Figures.ago(line.at(), clock.instant()), "step " + Figures.count(line.step()));
    box.setTitle(String.valueOf(line.at()));
    return box;
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

  private static Component run(AuditLine line) {
    return line.run().isEmpty()
        ? new Span("all runs")
        : new Anchor(address(line.run()), line.run());
  }

  // A run's name may hold anything: it is a path segment here.
  private static String address(String run) {
    return "runs/"
        + java.net.URLEncoder.encode(run, java.nio.charset.StandardCharsets.UTF_8)
            .replace("+", "%20")
        + "?tab=control";
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

  private static Component details(AuditLine line) {
    var box = new Div(new Paragraph(AuditSentence.of(line)));
    box.addClassName("audit-details");
    box.getElement().setAttribute("data-audit", line.auditId());
    if (!line.evidence().isEmpty()) {
      box.add(new EvidenceList(line.evidence()));
    }
    var id = new Span(line.at() + " · incarnation " + line.incarnation() + " · " + line.auditId());
    id.addClassName("secondary");
    box.add(id);
    return box;
  }
}
