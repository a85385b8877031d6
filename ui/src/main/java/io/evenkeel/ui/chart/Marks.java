package io.evenkeel.ui.chart;

import java.util.List;

/**
 * What is drawn over a chart's series.
 *
 * @param bands stretches of steps, such as an alert's
 * @param commands single steps at which something was changed
 * @param nonFinite steps at which a value was NaN or infinite
 */
public record Marks(List<Band> bands, List<Moment> commands, List<Long> nonFinite) {

  /** Nothing. */
  public static final Marks NONE = new Marks(List.of(), List.of(), List.of());

  /** Copies. */
  public Marks {
    bands = List.copyOf(bands);
    commands = List.copyOf(commands);
    nonFinite = List.copyOf(nonFinite);
  }

  /**
   * A stretch of steps.
   *
   * @param from first step
   * @param to last step
   * @param weight how grave
   * @param label what it is
   */
  public record Band(long from, long to, Weight weight, String label) {}

  /**
   * A single step.
   *
   * @param step where
   * @param label what happened
   * @param value height at which it is drawn; NaN for the top
   */
  public record Moment(long step, String label, double value) {}

  /** How grave a band is. */
  public enum Weight {
    NOTE,
    WARNING,
    DANGER
  }
}
