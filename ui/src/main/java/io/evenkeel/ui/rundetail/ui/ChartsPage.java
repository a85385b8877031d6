package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import io.evenkeel.ui.chart.ChartJson;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.LoadMap;
import io.evenkeel.ui.chart.LoadMapJson;
import io.evenkeel.ui.chart.TensorsJson;
import io.evenkeel.ui.chart.ui.ChartCard;
import io.evenkeel.ui.rundetail.Cell;
import io.evenkeel.ui.rundetail.RunCharts;
import io.evenkeel.ui.rundetail.RunState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The stability strip and the charts of a run. */
final class ChartsPage extends Div {
  private final Div strip = new Div();
  private final Map<String, LivePanel> panels = new LinkedHashMap<>();
  private final LivePanel knobs;
  private final ChartCard loads;
  private final ChartCard tensors;
  private final Select<Integer> layer = new Select<>();
  private List<Cell> cellsShown = List.of();
  private @Nullable LoadMap loadShown;
  private int layerShown = -1;
  private String tensorsShown = "";

  ChartsPage(String run, Runnable retry, IntConsumer watchLayer) {
    addClassName("charts-page");
    strip.addClassName("strip");
    strip.setId("stability-strip");
    strip.getElement().setAttribute("role", "list");
    strip.getElement().setAttribute("aria-label", "Stability");
    var grid = new Div();
    grid.addClassName("chart-grid");
    String group = "run-" + run;
    loads = loadCard(retry, watchLayer);
    tensors =
        new ChartCard(
            "tensors",
            "Gradient RMS against epsilon, worst tensors",
            "Each tensor's gradient RMS at the last step, the one nearest to Adam's epsilon first.",
            "",
            retry);
    for (RunCharts.Description description : RunCharts.overSteps()) {
      var card =
          new ChartCard(
              description.name(), description.title(), description.description(), group, retry);
      panels.put(description.name(), new LivePanel(card, ChartJson::option));
      grid.add(card);
      if (description.name().equals("ffn-experts")) {
        grid.add(loads);
      }
      if (description.name().equals("epsilon-over-rms")) {
        grid.add(tensors);
      }
    }
    var knobCard =
        new ChartCard(
            "knobs",
            "Knobs in force",
            "Every knob at each step; diamonds are commands that the trainer applied.",
            group,
            retry);
    knobCard.addClassName("wide");
    knobs = new LivePanel(knobCard, RunCharts::knobsOption);
    grid.add(knobCard);
    add(strip, grid);
  }

  private ChartCard loadCard(Runnable retry, IntConsumer watchLayer) {
    var card =
        new ChartCard(
            "expert-load",
            "Expert load",
            "Tokens per expert over the mean of the FFN experts; zero experts below the gap.",
            "",
            retry);
    layer.setId("load-layer");
    layer.setAriaLabel("Layer of the expert load");
    layer.setItemLabelGenerator(index -> "layer " + index);
    layer.addClassName("layer-select");
    layer.addValueChangeListener(
        change -> {
          if (change.isFromClient() && change.getValue() != null) {
            card.showLoading();
            watchLayer.accept(change.getValue());
          }
        });
    card.addClassName("double");
    card.addTool(layer);
    return card;
  }

  void show(RunState state) {
    showStrip(state);
    panels.forEach(
        (name, panel) ->
            RunCharts.fault(name, state)
                .ifPresentOrElse(
                    fault -> panel.card().showFailed(fault.line()),
                    () ->
                        panel.show(
                            RunCharts.chart(name, state),
                            state.generation(),
                            RunCharts.marks(name, state))));
    LineChart knobChart = RunCharts.knobs(state);
    knobs.card().getStyle().set("--strips", String.valueOf(Math.max(2, knobChart.traces().size())));
    knobs.show(knobChart, state.generation(), RunCharts.knobMarks(knobChart, state));
    showLoads(state);
    showTensors(state);
  }

  private void showStrip(RunState state) {
    List<Cell> cells = RunCharts.strip(state);
    if (cells.equals(cellsShown)) {
      return;
    }
    cellsShown = cells;
    strip.removeAll();
    for (Cell cell : cells) {
      strip.add(cell(cell));
    }
  }

  private static Div cell(Cell cell) {
    var label = new Span(cell.label());
    label.addClassName("cell-label");
    var value = new Span(cell.value());
    value.addClassName("cell-value");
    var limit = new Span(cell.limit());
    limit.addClassName("cell-limit");
    var shape = new Span(shape(cell.state()));
    shape.addClassName("cell-shape");
    shape.getElement().setAttribute("aria-hidden", "true");
    var word = new Span(word(cell.state()));
    word.addClassName("cell-word");
    var state = new Div(shape, word);
    state.addClassName("cell-state");
    var box = new Div(new Div(label, state), value, limit);
    box.addClassNames("cell", "state-" + cell.state().name().toLowerCase(java.util.Locale.ROOT));
    box.setId("cell-" + cell.id());
    box.getElement().setAttribute("role", "listitem");
    return box;
  }

  private static String shape(Cell.State state) {
    return switch (state) {
      case STEADY -> "●";
      case WATCH -> "▲";
      case ALARM -> "◆";
      case UNKNOWN -> "○";
    };
  }

  private static String word(Cell.State state) {
    return switch (state) {
      case STEADY -> "steady";
      case WATCH -> "watch";
      case ALARM -> "alarm";
      case UNKNOWN -> "no data";
    };
  }

  private void showLoads(RunState state) {
    int layers = state.header().layers();
    if (layers > 0 && layer.getListDataView().getItemCount() != layers) {
      layer.setItems(IntStream.range(0, layers).boxed().toList());
      layer.setValue(0);
    }
    int chosen = layer.getValue() == null ? 0 : layer.getValue();
    Optional<LoadMap> found = RunCharts.loads(chosen, state);
    if (found.isEmpty()) {
      loads.showLoading();
      return;
    }
    LoadMap load = found.get();
    if (load.steps().isEmpty()) {
      loads.showEmpty("Nothing yet. The chart fills as soon as the trainer sends loads.");
      return;
    }
    LoadMap before = loadShown;
    if (before != null && layerShown == chosen && load.continues(before)) {
      if (load.steps().size() > before.steps().size()) {
        loads.chart().append(LoadMapJson.columns(load, before.steps().size()));
      }
    } else {
      loads.chart().setOption(LoadMapJson.option(load));
    }
    loadShown = load;
    layerShown = chosen;
    loads.showLoaded();
  }

  private void showTensors(RunState state) {
    if (state.tensors().isEmpty()) {
      tensors.showEmpty("Nothing yet. The chart fills as soon as the trainer sends tensors.");
      return;
    }
    String option = TensorsJson.option(state.tensors(), state.epsilon());
    if (!option.equals(tensorsShown)) {
      tensors.chart().setOption(option);
      tensorsShown = option;
    }
    tensors.showLoaded();
  }
}
