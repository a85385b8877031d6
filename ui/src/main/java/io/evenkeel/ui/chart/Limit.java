package io.evenkeel.ui.chart;

/**
 * A horizontal line that values should stay on one side of, or near.
 *
 * @param value where it lies, finite
 * @param label what it is
 * @param kind what it means
 */
public record Limit(double value, String label, Kind kind) {

  /** What a limit means. */
  public enum Kind {
    /** Values should stay below. */
    CEILING,
    /** Values should stay above. */
    FLOOR,
    /** Values should stay near. */
    TARGET
  }
}
