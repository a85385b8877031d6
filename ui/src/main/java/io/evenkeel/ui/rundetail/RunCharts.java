package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.chart.ChartJson;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.LoadMap;
import io.evenkeel.ui.chart.MarksJson;
import io.evenkeel.ui.chart.Scale;
import io.evenkeel.ui.store.StoreFault;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a run's page shows, made from its state. */
public final class RunCharts {

  /**
   * A chart over steps.
   *
   * @param name stable name
   * @param title what it shows
   * @param description how to read it
   */
  public record Description(String name, String title, String description) {}

  private RunCharts() {}

  /** The charts over steps, in the order of the page. */
  public static List<Description> overSteps() {
    return Arrays.stream(Panel.values())
        .map(panel -> new Description(panel.id(), panel.title(), panel.description()))
        .toList();
  }

  /** Why a chart cannot be drawn, if it cannot. */
  public static Optional<StoreFault> fault(String name, RunState state) {
    return PanelCharts.fault(panel(name), state);
  }

  /** Whether some of a chart is still being read. */
  public static boolean isPending(String name, RunState state) {
    return PanelCharts.isPending(panel(name), state);
  }

  /** A chart over steps. */
  public static LineChart chart(String name, RunState state, Past past) {
    return PanelCharts.chart(panel(name), state, past);
  }

  /** What is drawn over a chart, as JSON. */
  public static String marks(String name, RunState state) {
    return MarksJson.tick(PanelCharts.marks(panel(name), state));
  }

  /** The knobs in force, each a series of its own unit. */
  public static LineChart knobs(RunState state) {
    return new LineChart(
        Scale.LINEAR,
        "",
        "",
        state.from(),
        state.to(),
        PanelCharts.knobs(state),
        List.of(),
        state.window(),
        state.clock());
  }

  /** What is drawn over the knobs, as JSON. */
  public static String knobMarks(LineChart knobs, RunState state) {
    return MarksJson.strips(
        knobs.traces().stream().map(knob -> PanelCharts.knobMarks(knob, state)).toList());
  }

  /** Draws the knobs in strips. */
  public static String knobsOption(LineChart knobs) {
    return ChartJson.strips(knobs);
  }

  /** The state of each signal. */
  public static List<Cell> strip(RunState state) {
    return StabilityStrip.of(state);
  }

  /** Load of a layer's experts; empty until it has been read. */
  public static Optional<LoadMap> loads(int layer, RunState state) {
    Map<Integer, LoadMap> loads = state.loads();
    return Optional.ofNullable(loads.get(layer));
  }

  private static Panel panel(String name) {
    return Arrays.stream(Panel.values())
        .filter(panel -> panel.id().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no chart " + name));
  }
}
