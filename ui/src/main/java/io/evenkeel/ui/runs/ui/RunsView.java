package io.evenkeel.ui.runs.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.router.RouteAlias;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.livefeed.ui.LivePage;
import io.evenkeel.ui.runs.RunFeed;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.runs.RunRow;
import jakarta.annotation.security.PermitAll;
import java.time.Clock;
import java.util.List;

/** All runs, live. */
@Route("runs")
@RouteAlias("")
@PageTitle("Runs · Evenkeel")
@PermitAll
public final class RunsView extends LivePage<List<RunRow>> {
  private static final double GRADIENT_NORM_RATIO_LIMIT = 0.1;

  private final transient Clock clock;
  private final Grid<RunRow> grid = new Grid<>();
  private final Div empty = empty();
  private List<RunRow> shown = List.of();

  /** Builds the page. */
  public RunsView(RunFeed feed, Clock clock) {
    this.clock = clock;
    addClassNames("page", "fill");
    empty.setVisible(false);
    grid.setId("runs");
    grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
    columns();
    grid.addItemClickListener(
        click ->
            getUI().ifPresent(page -> page.navigate("runs/" + click.getItem().header().run())));
    add(grid, empty);
    follow(feed::follow);
  }

  private void columns() {
    grid.addComponentColumn(row -> name(row.header()))
        .setHeader("Run")
        .setFlexGrow(2)
        .setWidth("150px");
    grid.addComponentColumn(row -> standing(row.header()))
        .setHeader("Status")
        .setFlexGrow(1)
        .setWidth("132px");
    grid.addColumn(row -> step(row.header())).setHeader("Step").setFlexGrow(1).setWidth("116px");
    grid.addComponentColumn(RunsView::loss).setHeader("Loss").setFlexGrow(1).setWidth("124px");
    grid.addComponentColumn(RunsView::ratio).setHeader("R_g max").setFlexGrow(1).setWidth("84px");
    grid.addComponentColumn(row -> alerts(row.header()))
        .setHeader("Alerts")
        .setFlexGrow(0)
        .setWidth("70px");
    grid.addColumn(row -> row.mode().isEmpty() ? "–" : row.mode())
        .setHeader("Mode")
        .setFlexGrow(0)
        .setWidth("78px");
  }

  @Override
  protected void show(List<RunRow> rows) {
    // The age of the last telemetry grows while nothing else changes.
    if (!rows.equals(shown) || rows.stream().anyMatch(row -> row.header().isRunning())) {
      shown = rows;
      grid.setItems(rows);
    }
    grid.setVisible(!rows.isEmpty());
    empty.setVisible(rows.isEmpty());
  }

  private static Component name(RunHeader header) {
    var link = new Anchor("runs/" + header.run(), header.run());
    link.addClassName("run-link");
    link.getElement().setAttribute("data-run", header.run());
    var box = new Div(link);
    box.addClassName("run-name");
    if (!header.name().equals(header.run())) {
      var name = new Span(header.name());
      name.addClassName("secondary");
      box.add(name);
    }
    return box;
  }

  private Component standing(RunHeader header) {
    var badge = new Span(header.status());
    badge.addClassNames("badge", "status-" + header.status());
    var age = new Span(Figures.ago(header.lastTelemetryAt(), clock.instant()));
    age.addClassName("secondary");
    if (header.isStale(clock.instant())) {
      age.setText("▲ stale, " + age.getText());
      age.setClassName("warn");
    }
    var box = new Div(badge, age);
    box.addClassNames("two-lines", "badges");
    return box;
  }

  private static String step(RunHeader header) {
    String step = Figures.count(header.lastStep());
    return header.plannedSteps() > 0 ? step + " / " + Figures.count(header.plannedSteps()) : step;
  }

  private static Component loss(RunRow row) {
    var line = Sparkline.of(row.losses());
    var value = new Span(Figures.figure(row.header().lossLast()));
    var box = new Div(line, value);
    box.addClassName("loss-cell");
    return box;
  }

  private static Component ratio(RunRow row) {
    Double value = row.gradientNormRatioMax();
    var text = new Span(Figures.figure(value));
    if (value == null) {
      return text;
    }
    boolean steady = value <= GRADIENT_NORM_RATIO_LIMIT;
    text.setText((steady ? "● " : "▲ ") + Figures.figure(value));
    text.addClassName(steady ? "good" : "bad");
    return text;
  }

  private static Component alerts(RunHeader header) {
    var text = new Span(header.openAlerts() == 0 ? "none" : "◆ " + header.openAlerts());
    text.addClassName(header.openAlerts() == 0 ? "secondary" : "bad");
    return text;
  }

  private static Div empty() {
    var box =
        new Div(
            new H2("No runs yet"),
            new Paragraph(
                "A run appears here with its first telemetry. To see one at once, train the built-in model:"),
            new Code("./evenkeel up"));
    box.addClassName("empty");
    box.setId("no-runs");
    return box;
  }
}
