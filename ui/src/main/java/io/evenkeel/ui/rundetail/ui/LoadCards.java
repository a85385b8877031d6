package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.RangeInput;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.data.value.ValueChangeMode;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.chart.LayerLoads;
import io.evenkeel.ui.chart.LoadMap;
import io.evenkeel.ui.chart.LoadMapJson;
import io.evenkeel.ui.chart.ui.ChartCard;
import io.evenkeel.ui.rundetail.RunCharts;
import io.evenkeel.ui.rundetail.RunState;
import io.evenkeel.ui.store.StoreFault;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The two heat maps of expert load: one layer over steps, and all layers at one step. */
final class LoadCards {
  private static final int SLIDER_PAUSE_MILLIS = 120;
  // All layers are many cells; a run that goes on moves them no more often than this.
  private static final long SOONEST_STEPS_SHARE = 100;

  private final ChartCard overSteps;
  private final ChartCard byLayer;
  private final Select<Integer> layer = new Select<>();
  private final RangeInput slider = new RangeInput();
  private final Span sliderStep = new Span();
  private final transient LongConsumer wantLayers;
  private @Nullable LoadMap shown;
  private int layerShown = -1;
  private int wantedLayer;
  private long from;
  private long to;
  private long asked = -1;
  private boolean atEnd = true;
  private boolean ends;

  /**
   * The cards.
   *
   * @param firstLayer whose load is shown first
   * @param retry asks for the data again
   * @param watchLayer asks for a layer's loads over steps
   * @param wantLayers asks for all layers' loads at a step
   */
  LoadCards(int firstLayer, Runnable retry, IntConsumer watchLayer, LongConsumer wantLayers) {
    this.wantLayers = wantLayers;
    wantedLayer = firstLayer;
    overSteps =
        new ChartCard(
            "expert-load",
            "Expert load over steps",
            "Tokens per expert over the mean of the FFN experts; zero experts below the gap.",
            "",
            retry);
    overSteps.addClassName("double");
    layer.setId("load-layer");
    layer.setAriaLabel("Layer of the expert load");
    layer.setItemLabelGenerator(index -> "layer " + index);
    layer.addClassName("layer-select");
    layer.addValueChangeListener(
        change -> {
          if (change.isFromClient() && change.getValue() != null) {
            wantedLayer = change.getValue();
            overSteps.showLoading();
            watchLayer.accept(wantedLayer);
          }
        });
    overSteps.addTool(layer);
    byLayer =
        new ChartCard(
            "load-by-layer",
            "Expert load by layer",
            "Every layer at one step; zero experts to the right of the gap. The slider chooses the step.",
            "",
            retry);
    byLayer.addClassName("with-slider");
    slider.setId("load-step");
    slider.setAriaLabel("Step of the expert load by layer");
    slider.setValueChangeMode(ValueChangeMode.LAZY);
    slider.setValueChangeTimeout(SLIDER_PAUSE_MILLIS);
    slider.addValueChangeListener(
        change -> {
          if (change.isFromClient() && change.getValue() != null) {
            atEnd = change.getValue() >= to;
            want((long) (double) change.getValue());
          }
        });
    sliderStep.setId("load-step-shown");
    var line = new Div(slider, sliderStep);
    line.addClassName("slider-line");
    byLayer.add(line);
  }

  ChartCard overSteps() {
    return overSteps;
  }

  ChartCard byLayer() {
    return byLayer;
  }

  /** The layer whose load over steps is wanted. */
  int layer() {
    return wantedLayer;
  }

  /** Shows the loads of a run, or of a part of it. */
  void show(RunState state) {
    showLayers(state.header().layers());
    showOverSteps(state);
    long last =
        Math.min(state.to(), state.header().lastStep() == null ? 0 : state.header().lastStep());
    if (state.from() != from || last != to) {
      boolean part = state.from() != from;
      from = state.from();
      to = Math.max(from, last);
      slider.setMin((double) from);
      slider.setMax((double) to);
      ends = true;
      if (part) {
        atEnd = true;
      }
    }
    if (atEnd && (asked < from || asked > to || to - asked > (to - from) / SOONEST_STEPS_SHARE)) {
      slider.setValue((double) to);
      want(to);
      ends = true;
    }
    if (ends) {
      ends = false;
      // Set before its ends, a value is cut to the old ones.
      slider
          .getElement()
          .executeJs(
              "this.min = $0; this.max = $1; this.value = $2",
              (double) from,
              (double) to,
              slider.getValue());
    }
  }

  /** Shows the loads of all layers. */
  void show(LayerLoads loads) {
    if (loads.layers() == 0) {
      byLayer.showEmpty("No loads are stored around this step.");
      sliderStep.setText("step " + Figures.count(loads.step()));
      return;
    }
    sliderStep.setText("step " + Figures.count(loads.step()));
    byLayer.chart().draw(LoadMapJson.option(loads));
    byLayer.showLoaded();
  }

  /** The loads of all layers could not be read. */
  void fail(StoreFault fault) {
    byLayer.showFailed(fault.line());
  }

  private void want(long step) {
    asked = step;
    wantLayers.accept(step);
  }

  private void showLayers(int layers) {
    if (layers > 0 && layer.getListDataView().getItemCount() != layers) {
      wantedLayer = Math.min(wantedLayer, layers - 1);
      layer.setItems(IntStream.range(0, layers).boxed().toList());
      layer.setValue(wantedLayer);
    }
  }

  private void showOverSteps(RunState state) {
    Optional<LoadMap> found = RunCharts.loads(wantedLayer, state);
    if (found.isEmpty()) {
      return;
    }
    LoadMap load = found.get();
    if (load.steps().isEmpty()) {
      overSteps.showEmpty(
          state.window() == null
              ? "Nothing yet. The chart fills as soon as the trainer sends loads."
              : "No loads are stored for these steps.");
      shown = null;
      return;
    }
    LoadMap before = shown;
    if (before != null && layerShown == wantedLayer && load.continues(before)) {
      if (load.steps().size() > before.steps().size()) {
        overSteps.chart().append(LoadMapJson.columns(load, before.steps().size()));
      }
    } else {
      overSteps.chart().draw(LoadMapJson.option(load));
    }
    shown = load;
    layerShown = wantedLayer;
    overSteps.showLoaded();
  }
}
