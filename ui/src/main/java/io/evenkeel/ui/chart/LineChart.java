package io.evenkeel.ui.chart;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Series over steps.
 *
 * @param scale of the left axis
 * @param unit of the left axis, may be empty
 * @param rightUnit of the right axis; empty when there is none
 * @param from first step shown
 * @param to last step shown
 * @param traces the series
 * @param limits the limits
 * @param window the part of the steps that was asked for; null when all are shown
 * @param clock wall times of some steps, ascending; empty when they are not known
 */
public record LineChart(
    Scale scale,
    String unit,
    String rightUnit,
    long from,
    long to,
    List<Trace> traces,
    List<Limit> limits,
    @Nullable Window window,
    List<Knot> clock) {

  /** Copies. */
  public LineChart {
    traces = List.copyOf(traces);
    limits = List.copyOf(limits);
    clock = List.copyOf(clock);
  }

  /** All steps of a run, without their wall times. */
  public LineChart(
      Scale scale,
      String unit,
      String rightUnit,
      long from,
      long to,
      List<Trace> traces,
      List<Limit> limits) {
    this(scale, unit, rightUnit, from, to, traces, limits, null, List.of());
  }

  /** Whether there is anything to draw. */
  public boolean isEmpty() {
    return traces.stream().allMatch(trace -> trace.points().isEmpty());
  }
}
