package io.evenkeel.ui.chart;

import java.util.List;

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
 */
public record LineChart(
    Scale scale,
    String unit,
    String rightUnit,
    long from,
    long to,
    List<Trace> traces,
    List<Limit> limits) {

  /** Copies. */
  public LineChart {
    traces = List.copyOf(traces);
    limits = List.copyOf(limits);
  }

  /** Whether there is anything to draw. */
  public boolean isEmpty() {
    return traces.stream().allMatch(trace -> trace.points().isEmpty());
  }
}
