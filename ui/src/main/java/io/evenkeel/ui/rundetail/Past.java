package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.chart.Point;
import java.util.List;
import java.util.Map;

/**
 * The steps of a run that newer incarnations have taken back.
 *
 * @param serial grows with each reading; 0 for none
 * @param series points by metric, and by incarnation and series
 */
public record Past(long serial, Map<Metric, Map<Key, List<Point>>> series) {

  /** Nothing is shown of the past. */
  public static final Past NONE = new Past(0, Map.of());

  /**
   * A series of an incarnation.
   *
   * @param incarnation superseded
   * @param series layer, or empty for the run
   */
  public record Key(int incarnation, String series) {}
}
