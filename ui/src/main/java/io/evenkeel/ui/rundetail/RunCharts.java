package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.chart.ChartJson;
import io.evenkeel.ui.chart.Drawing;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.LoadMap;
import io.evenkeel.ui.chart.MarksJson;
import io.evenkeel.ui.chart.Scale;
import io.evenkeel.ui.store.StoreFault;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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

  /** What a chart shows; of what is no chart over steps, what the first shows. */
  static Set<Metric> metrics(String name) {
    Panel shown =
        Arrays.stream(Panel.values())
            .filter(panel -> panel.id().equals(name))
            .findFirst()
            .orElse(Panel.LOSSES);
    return shown.parts().stream().map(Panel.Part::metric).collect(Collectors.toSet());
  }

  /** A chart over steps. */
  public static Drawing chart(String name, RunState state, Past past) {
    Panel panel = panel(name);
    return past.series().isEmpty()
        ? state.drawings().chart(name, () -> drawing(panel, state, past))
        : drawing(panel, state, past);
  }

  private static Drawing drawing(Panel panel, RunState state, Past past) {
    return new Drawing(PanelCharts.chart(panel, state, past), ChartJson::option);
  }

  /** What is drawn over a chart, as JSON. */
  public static String marks(String name, RunState state) {
    return state
        .drawings()
        .marks(name, () -> MarksJson.tick(PanelCharts.marks(panel(name), state)));
  }

  /** The knobs in force, each a series of its own unit, in a strip of its own. */
  public static Drawing knobs(RunState state) {
    return state.drawings().chart("knobs", () -> new Drawing(strips(state), ChartJson::strips));
  }

  private static LineChart strips(RunState state) {
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
    return state
        .drawings()
        .marks(
            "knobs",
            () ->
                MarksJson.strips(
                    knobs.traces().stream()
                        .map(knob -> PanelCharts.knobMarks(knob, state))
                        .toList()));
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
