package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.chart.Knot;
import io.evenkeel.ui.chart.LoadMap;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.TensorBar;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.runs.RunHeader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run's page shows, at one tick.
 *
 * @param header the run
 * @param generation grows whenever the series were read anew, so that what was drawn before does
 *     not go on in them
 * @param from first step
 * @param to last step
 * @param series by metric
 * @param knobs values in force by knob label
 * @param loads load of experts by layer, of the layers that somebody looks at
 * @param tensors tensors at the last step, worst first
 * @param epsilon Adam's epsilon; NaN when not known
 * @param alerts incidents, newest first
 * @param commands commands that took effect, oldest first
 * @param window the part of the steps that the series are of; null for all
 * @param clock wall times of some steps, ascending; empty when they are not known
 * @param drawings what is drawn of it, made once for all who look
 */
public record RunState(
    RunHeader header,
    long generation,
    long from,
    long to,
    Map<Metric, Series> series,
    Map<String, List<Point>> knobs,
    Map<Integer, LoadMap> loads,
    List<TensorBar> tensors,
    double epsilon,
    List<AlertSpan> alerts,
    List<CommandMark> commands,
    @Nullable Window window,
    List<Knot> clock,
    Drawings drawings) {

  /** The same run, seen through a part of its steps. */
  public RunState through(Part part) {
    return new RunState(
        header,
        generation,
        part.window().from(),
        part.window().to(),
        part.series(),
        part.knobs(),
        part.loads(),
        tensors,
        epsilon,
        alerts,
        commands,
        part.window(),
        part.clock().isEmpty() ? clock : part.clock(),
        new Drawings());
  }

  /** The same run at the same moment, with more of it read. */
  RunState with(Map<Metric, Series> read, Map<String, List<Point>> readKnobs, double readEpsilon) {
    return new RunState(
        header,
        generation,
        from,
        to,
        read,
        readKnobs,
        loads,
        tensors,
        readEpsilon,
        alerts,
        commands,
        window,
        clock,
        new Drawings());
  }

  /** Whether some series are still being read. */
  public boolean isUnfinished() {
    return series.values().stream().anyMatch(Series.Pending.class::isInstance);
  }
}
