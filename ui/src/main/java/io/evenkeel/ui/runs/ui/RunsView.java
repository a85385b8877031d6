package io.evenkeel.ui.runs.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.grid.dataview.GridListDataView;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.provider.ListDataProvider;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.router.RouteAlias;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.labels.RunLabels;
import io.evenkeel.ui.livefeed.ui.LivePage;
import io.evenkeel.ui.runs.RunFeed;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.runs.RunRow;
import jakarta.annotation.security.PermitAll;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** All runs, live. */
@Route("runs")
@RouteAlias("")
@PageTitle("Runs · Evenkeel")
@PermitAll
public final class RunsView extends LivePage<List<RunRow>> {
  private static final int MOST_COMPARED = 8;

  private final transient Clock clock;
  private final Grid<RunRow> grid = new Grid<>();
  private final TextField search = new TextField();
  private final Select<String> status = new Select<>();
  private final Checkbox archive = new Checkbox("Archived too");
  private final Button compare = new Button("Compare");
  private final Span counted = new Span();
  private final Div empty = empty();
  private final LabelCard labels;
  private final List<RunRow> items = new ArrayList<>();
  private final GridListDataView<RunRow> data;
  private List<RunRow> shown = List.of();
  private RunFilter filter = RunFilter.ALL;

  /** Builds the page. */
  public RunsView(RunFeed feed, RunLabels runLabels, Clock clock) {
    this.clock = clock;
    addClassNames("page", "fill");
    empty.setVisible(false);
    grid.setId("runs");
    grid.getElement().setAttribute("aria-label", "Runs");
    grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
    grid.setSelectionMode(Grid.SelectionMode.MULTI);
    grid.setEmptyStateText("No run passes the filter. Clear the search to see all.");
    columns();
    data = grid.setItems(new SameRun(items));
    grid.addItemClickListener(
        click ->
            getUI().ifPresent(page -> page.navigate("runs/" + click.getItem().header().run())));
    labels = new LabelCard(runLabels);
    grid.addSelectionListener(selection -> chosen());
    add(bar(), labels, grid, empty);
    follow(feed::follow);
  }

  /** A run is the same run when its figures have moved, and stays ticked. */
  private static final class SameRun extends ListDataProvider<RunRow> {
    private static final long serialVersionUID = 1L;

    private SameRun(List<RunRow> items) {
      super(items);
    }

    @Override
    public Object getId(RunRow row) {
      return row.header().run();
    }
  }

  private Div bar() {
    search.setId("run-search");
    search.setAriaLabel("Search runs");
    search.setPlaceholder("Search name, tag, note");
    search.setClearButtonVisible(true);
    search.setValueChangeMode(ValueChangeMode.LAZY);
    search.addValueChangeListener(change -> refilter());
    status.setId("run-status");
    status.setAriaLabel("Status");
    status.setItems("", "running", "paused", "finished", "failed");
    status.setItemLabelGenerator(value -> value.isEmpty() ? "any status" : value);
    status.setValue("");
    status.addValueChangeListener(change -> refilter());
    archive.setId("run-archive");
    archive.addValueChangeListener(change -> refilter());
    compare.setId("compare");
    compare.addThemeVariants(ButtonVariant.LUMO_PRIMARY, ButtonVariant.LUMO_SMALL);
    compare.setEnabled(false);
    compare.setTooltipText("Tick two to eight runs");
    compare.addClickListener(click -> openComparison());
    counted.addClassName("secondary");
    counted.setId("run-count");
    var bar = new Div(search, status, archive, counted, compare);
    bar.addClassName("runs-bar");
    return bar;
  }

  private void columns() {
    grid.addComponentColumn(RunsView::name)
        .setHeader("Run")
        .setComparator(row -> row.header().run())
        .setFlexGrow(2)
        .setWidth("160px");
    grid.addComponentColumn(row -> standing(row.header()))
        .setHeader("Status")
        .setComparator(row -> row.header().status())
        .setFlexGrow(1)
        .setWidth("132px");
    grid.addColumn(row -> step(row.header()))
        .setHeader("Step")
        .setComparator(row -> row.header().lastStep() == null ? -1L : row.header().lastStep())
        .setFlexGrow(1)
        .setWidth("122px");
    grid.addComponentColumn(RunsView::loss)
        .setHeader("Loss")
        .setComparator(row -> row.header().lossLast() == null ? 0.0 : row.header().lossLast())
        .setFlexGrow(1)
        .setWidth("140px");
    grid.addColumn(row -> Figures.figure(row.tokensPerSecond()))
        .setHeader("Tokens/s")
        .setComparator(row -> row.tokensPerSecond() == null ? -1.0 : row.tokensPerSecond())
        .setFlexGrow(0)
        .setWidth("96px");
    grid.addComponentColumn(RunsView::worst)
        .setHeader("Worst signal")
        .setComparator(RunsView::strain)
        .setFlexGrow(1)
        .setWidth("150px");
    grid.addComponentColumn(row -> alerts(row.header()))
        .setHeader("Alerts")
        .setComparator(row -> row.header().openAlerts())
        .setFlexGrow(0)
        .setWidth("82px");
    grid.addColumn(row -> row.mode().isEmpty() ? "–" : row.mode())
        .setHeader("Mode")
        .setComparator(RunRow::mode)
        .setFlexGrow(0)
        .setWidth("86px");
  }

  @Override
  protected void show(List<RunRow> rows) {
    // The age of the last telemetry grows while nothing else changes.
    if (!rows.equals(shown) || rows.stream().anyMatch(row -> row.header().isRunning())) {
      shown = rows;
      refill();
    }
    grid.setVisible(!rows.isEmpty());
    empty.setVisible(rows.isEmpty());
  }

  private void refilter() {
    filter =
        new RunFilter(
            search.getValue(),
            status.getValue() == null ? "" : status.getValue(),
            archive.getValue() ? RunFilter.Archive.SHOWN : RunFilter.Archive.HIDDEN);
    refill();
  }

  private void refill() {
    items.clear();
    shown.stream().filter(filter::passes).forEach(items::add);
    data.refreshAll();
    counted.setText(
        items.size() == shown.size()
            ? items.size() + " runs"
            : items.size() + " of " + shown.size() + " runs");
    showLabels();
  }

  // The ticked runs as they are now; one that the filter hides stays ticked, and is compared.
  private List<RunRow> ticked() {
    Set<String> runs =
        grid.getSelectedItems().stream().map(row -> row.header().run()).collect(Collectors.toSet());
    return shown.stream().filter(row -> runs.contains(row.header().run())).toList();
  }

  private void chosen() {
    int many = grid.getSelectedItems().size();
    compare.setEnabled(many >= 2 && many <= MOST_COMPARED);
    compare.setText(many >= 2 ? "Compare " + many : "Compare");
    showLabels();
  }

  private void showLabels() {
    List<RunRow> ticked = ticked();
    if (ticked.size() == 1) {
      labels.show(ticked.get(0));
    } else {
      labels.hide();
    }
  }

  private void openComparison() {
    List<String> runs = ticked().stream().map(row -> row.header().run()).sorted().toList();
    getUI().ifPresent(page -> page.navigate("compare", new QueryParameters(Map.of("runs", runs))));
  }

  private static Component name(RunRow row) {
    RunHeader header = row.header();
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
    if (!row.label().tags().isEmpty() || row.label().isArchived()) {
      var tags = new Div();
      tags.addClassName("tags");
      if (row.label().isArchived()) {
        tags.add(tag("archived"));
      }
      row.label().tags().forEach(tag -> tags.add(tag(tag)));
      box.add(tags);
    }
    if (!row.label().note().isEmpty()) {
      var note = new Span(row.label().note());
      note.addClassNames("secondary", "run-note");
      note.setTitle(row.label().note());
      box.add(note);
    }
    return box;
  }

  private static Span tag(String text) {
    var tag = new Span(text);
    tag.addClassName("tag");
    return tag;
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

  private static Component worst(RunRow row) {
    RunRow.Signal worst = row.worst();
    if (worst == null) {
      return new Span("–");
    }
    var value =
        new Span(
            switch (worst.standing()) {
                  case STEADY -> "● ";
                  case WATCH -> "▲ ";
                  case ALARM -> "◆ ";
                }
                + Figures.figure(worst.value())
                + " / "
                + Figures.figure(worst.limit()));
    value.addClassName(worst.standing() == RunRow.Standing.STEADY ? "good" : "bad");
    var name = new Span(worst.name());
    name.addClassName("secondary");
    var box = new Div(value, name);
    box.addClassName("two-lines");
    return box;
  }

  // How far past its limit; a signal of an alert comes before every other.
  private static double strain(RunRow row) {
    RunRow.Signal worst = row.worst();
    if (worst == null) {
      return -1;
    }
    double share = worst.limit() == 0 ? worst.value() : Math.abs(worst.value() / worst.limit());
    return worst.standing() == RunRow.Standing.ALARM ? 1e9 + share : share;
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
