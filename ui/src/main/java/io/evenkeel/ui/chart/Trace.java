package io.evenkeel.ui.chart;

import java.util.List;

/**
 * One series of a chart.
 *
 * @param id stable within the chart
 * @param name what the legend calls it; text from outside is allowed
 * @param label what the pointer calls it
 * @param stroke how it is drawn
 * @param axis which axis it is read from
 * @param colour index into the palette
 * @param points ascending by step
 */
public record Trace(
    String id,
    String name,
    String label,
    Stroke stroke,
    Axis axis,
    int colour,
    List<Point> points) {

  /** Copies. */
  public Trace {
    points = List.copyOf(points);
  }
}
