package io.evenkeel.ui.rules.ui;

import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.ui.chart.Axis;
import io.evenkeel.ui.chart.ChartJson;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.chart.Limit;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.Marks;
import io.evenkeel.ui.chart.MarksJson;
import io.evenkeel.ui.chart.Scale;
import io.evenkeel.ui.chart.Stroke;
import io.evenkeel.ui.chart.Trace;
import io.evenkeel.ui.chart.ui.EvenkeelChart;
import io.evenkeel.ui.evidence.Evidence;
import io.evenkeel.ui.evidence.EvidenceReader;
import io.evenkeel.ui.rules.BacktestResult;
import io.evenkeel.ui.rules.Backtests;
import io.evenkeel.ui.store.StoreFault;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tries the rule that is in the editor on a stored run, and draws where it would have fired. */
final class BacktestPanel extends Section {
  private static final int MOST_BANDS = 200;

  private final transient Backtests backtests;
  private final transient EvidenceReader evidence;
  private final transient Supplier<Optional<AlertRule>> rule;
  private final Select<String> run = new Select<>();
  private final Button start = new Button("Backtest");
  private final Button stop = new Button("Stop");
  private final Span state = new Span();
  private final EvenkeelChart chart = new EvenkeelChart();
  private final Div chartBox = new Div(chart);
  private final Grid<BacktestResult.Hit> hits = new Grid<>();
  private transient @Nullable Runnable stopping;
  private int asked;

  BacktestPanel(Backtests backtests, EvidenceReader evidence, Supplier<Optional<AlertRule>> rule) {
    this.backtests = backtests;
    this.evidence = evidence;
    this.rule = rule;
    addClassNames("card", "backtest");
    var text = new Span("Where would it have fired? The stored steps, judged by the job's code.");
    text.addClassName("secondary");
    var head = new Div(new H3("Backtest"), text);
    head.addClassName("card-head");
    run.setId("backtest-run");
    run.setLabel("Run");
    run.addClassName("run-select");
    start.setId("backtest-start");
    start.addClickListener(click -> begin());
    stop.setId("backtest-stop");
    stop.setVisible(false);
    stop.addClickListener(click -> end("Stopped."));
    state.setId("backtest-state");
    state.getElement().setAttribute("role", "status");
    var bar = new Div(run, start, stop, state);
    bar.addClassName("backtest-bar");
    chart.setId("chart-backtest");
    chart.setDescription("Values of the rule over the steps of the run, with its incidents");
    chartBox.addClassName("backtest-chart");
    chartBox.setVisible(false);
    columns();
    hits.setVisible(false);
    add(head, bar, chartBox, hits);
  }

  /** Offers these runs. */
  void offer(List<String> runs) {
    String chosen = run.getValue();
    run.setItems(runs);
    if (chosen != null && runs.contains(chosen)) {
      run.setValue(chosen);
    } else if (!runs.isEmpty()) {
      run.setValue(runs.get(0));
    }
  }

  /** Chooses a run, if there is one of this name. */
  void choose(String name) {
    if (run.getListDataView().contains(name)) {
      run.setValue(name);
    }
  }

  /** Forgets what is shown: another rule is in the editor. */
  void clear() {
    end("");
    chartBox.setVisible(false);
    hits.setVisible(false);
  }

  private void begin() {
    Optional<AlertRule> wanted = rule.get();
    String over = run.getValue();
    if (over == null) {
      state.setText("There is no run yet.");
      return;
    }
    if (wanted.isEmpty()) {
      state.setText("Mend the rule first.");
      return;
    }
    end("");
    int mine = ++asked;
    UI page = getUI().orElseThrow();
    try {
      stopping = backtests.begin(wanted.get(), over, new Told(page, mine, wanted.get()));
    } catch (IllegalStateException e) {
      state.setText(String.valueOf(e.getMessage()));
      return;
    }
    state.setText("Reading the steps of " + over + "…");
    stop.setVisible(true);
  }

  private void end(String why) {
    asked++;
    if (stopping != null) {
      stopping.run();
      stopping = null;
    }
    stop.setVisible(false);
    state.setText(why);
  }

  @Override
  protected void onDetach(DetachEvent event) {
    end("");
  }

  private void show(BacktestResult result, @Nullable Evidence metric) {
    stopping = null;
    stop.setVisible(false);
    state.setText(
        (result.hits().isEmpty()
                ? "It would never have fired"
                : "It would have fired "
                    + result.hits().size()
                    + (result.hits().size() == 1 ? " time" : " times"))
            + " in "
            + Figures.count(result.steps())
            + " steps; it could judge "
            + Figures.count(result.judgedSteps())
            + " of them"
            + (result.judgedSteps() == 0 ? ", as what it depends on was never measured." : "."));
    LineChart drawn = metric == null ? values(result) : metric.chart();
    chartBox.setVisible(!drawn.isEmpty());
    chart.draw(ChartJson.option(drawn));
    chart.mark(MarksJson.tick(marks(result, drawn.to())));
    hits.setItems(result.hits());
    hits.setVisible(!result.hits().isEmpty());
  }

  private static LineChart values(BacktestResult result) {
    if (result.values().isEmpty()) {
      return new LineChart(Scale.LINEAR, "", "", 0, 0, List.of(), List.of());
    }
    Double limit = result.threshold();
    var last = result.values().get(result.values().size() - 1);
    return new LineChart(
        Scale.LINEAR,
        "",
        "",
        result.values().get(0).step(),
        last.step() + last.count() - 1,
        List.of(
            new Trace(
                "rule",
                limit == null ? "true (1) or false (0)" : "value of the rule",
                "rule",
                limit == null ? Stroke.STEPS : Stroke.SOLID,
                Axis.LEFT,
                0,
                result.values())),
        limit == null
            ? List.of()
            : List.of(new Limit(limit, "limit " + Figures.figure(limit), Limit.Kind.CEILING)));
  }

  private static Marks marks(BacktestResult result, long last) {
    return new Marks(
        result.hits().stream()
            .limit(MOST_BANDS)
            .map(
                hit ->
                    new Marks.Band(
                        hit.firedStep(),
                        hit.resolvedStep() == null ? last : hit.resolvedStep(),
                        switch (hit.severity()) {
                          case "critical" -> Marks.Weight.DANGER;
                          case "warning" -> Marks.Weight.WARNING;
                          default -> Marks.Weight.NOTE;
                        },
                        hit.scope(),
                        "",
                        Marks.Concern.OWN))
            .toList(),
        List.of(),
        List.of());
  }

  private void columns() {
    hits.setId("backtest-hits");
    hits.setAllRowsVisible(true);
    hits.addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
    hits.addColumn(hit -> Figures.count(hit.firedStep())).setHeader("Fired").setAutoWidth(true);
    hits.addColumn(hit -> hit.resolvedStep() == null ? "open" : Figures.count(hit.resolvedStep()))
        .setHeader("Resolved")
        .setAutoWidth(true);
    hits.addColumn(BacktestResult.Hit::scope).setHeader("Where").setAutoWidth(true);
    hits.addColumn(BacktestResult.Hit::severity).setHeader("Severity").setAutoWidth(true);
    hits.addColumn(hit -> Figures.figure(hit.value())).setHeader("Value").setAutoWidth(true);
    hits.addColumn(BacktestResult.Hit::summary).setHeader("What").setFlexGrow(1);
  }

  /** Comes from the backtest's thread into the page. */
  private final class Told implements Backtests.Listener {
    private final UI page;
    private final int mine;
    private final AlertRule tried;

    private Told(UI page, int mine, AlertRule tried) {
      this.page = page;
      this.mine = mine;
      this.tried = tried;
    }

    @Override
    public void progress(long steps) {
      access(() -> state.setText(Figures.count(steps) + " steps judged…"));
    }

    @Override
    public void done(BacktestResult result) {
      Evidence metric = null;
      String missing = "";
      if (result.values().isEmpty()) {
        // What a built-in rule looked at is read here, not by the page.
        try {
          metric = ofMetric(result);
        } catch (RuntimeException e) {
          missing = " The chart is missing. " + StoreFault.of(e).line();
        }
      }
      Evidence read = metric;
      String told = missing;
      access(
          () -> {
            show(result, read);
            state.setText(state.getText() + told);
          });
    }

    @Override
    public void failed(StoreFault fault) {
      access(
          () -> {
            stop.setVisible(false);
            state.setText(fault.line());
          });
    }

    private Evidence ofMetric(BacktestResult result) {
      return evidence.read(
          new EvidenceReader.Wanted(
              result.run(),
              null,
              tried.rule(),
              tried.expression(),
              "",
              tried.threshold(),
              0,
              Long.MAX_VALUE));
    }

    private void access(Runnable change) {
      try {
        page.access(
            () -> {
              if (mine == asked) {
                change.run();
              }
            });
      } catch (UIDetachedException e) {
        // Nobody looks any more; the page has stopped it.
        return;
      }
    }
  }
}
