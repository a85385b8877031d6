package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.chart.LoadMap;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.TensorBar;
import io.evenkeel.ui.runs.RunHeader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** States of a run made by hand. */
public final class RunStates {
  private RunStates() {}

  /**
   * A run of {@code steps} steps and two layers, all figures {@code value}, with these incidents.
   */
  public static RunState of(int steps, double value, AlertSpan... alerts) {
    Map<Metric, Series> series = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      series.put(
          metric,
          new Series.Loaded(
              metric.table() == Metric.Table.RUN
                  ? Map.of("", points(steps, value))
                  : Map.of("0", points(steps, value), "1", points(steps, value))));
    }
    List<LoadMap.Column> columns = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      columns.add(new LoadMap.Column(step, new float[] {1, 2, 3}));
    }
    return new RunState(
        header(steps),
        1,
        0,
        steps - 1,
        series,
        Map.of("load_balance.alpha", points(steps, value)),
        Map.of(0, LoadMap.empty(1, 2, 3).with(columns)),
        List.of(new TensorBar("embed", 1e-3, 1e-5)),
        1e-8,
        List.of(alerts),
        List.of(new CommandMark(1, 1, 2, "load_balance.alpha", "", 0.5, "#1 alpha")),
        null,
        List.of(),
        new Drawings());
  }

  /** The same with one metric that could not be read. */
  public static RunState failing(RunState state, io.evenkeel.ui.store.StoreFault fault) {
    Map<Metric, Series> series = new EnumMap<>(state.series());
    series.put(Metric.MAX_VIOLATION, new Series.Failed(fault));
    return new RunState(
        state.header(),
        state.generation(),
        state.from(),
        state.to(),
        series,
        state.knobs(),
        state.loads(),
        state.tensors(),
        state.epsilon(),
        state.alerts(),
        state.commands(),
        state.window(),
        state.clock(),
        new Drawings());
  }

  private static List<Point> points(int steps, double value) {
    List<Point> points = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      points.add(Point.at(step, value));
    }
    return points;
  }

  private static RunHeader header(long steps) {
    return new RunHeader(
        "r",
        0,
        "r",
        "running",
        Instant.EPOCH,
        null,
        1,
        100,
        0L,
        steps - 1,
        Instant.EPOCH,
        1.0,
        1000,
        0,
        2,
        2,
        1,
        1.5,
        List.of());
  }
}
