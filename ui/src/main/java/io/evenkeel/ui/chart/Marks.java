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
   * @param label what it is; text from outside
   * @param id what is asked for when it is clicked
   * @param concern whether it is about what the chart shows
   */
  public record Band(long from, long to, Weight weight, String label, String id, Concern concern) {}

  /** Whether an alert is about what a chart shows, or about something else in the run. */
  public enum Concern {
    OWN,
    OTHER
  }

  /**
   * A single step.
   *
   * @param step where
   * @param label what happened
   * @param value height at which it is drawn; NaN for the top
   * @param id what is asked for when it is clicked
   */
  public record Moment(long step, String label, double value, String id) {}

  /** How grave a band is. */
  public enum Weight {
    NOTE,
    WARNING,
    DANGER
  }
}
