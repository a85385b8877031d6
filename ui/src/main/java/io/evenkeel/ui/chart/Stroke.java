package io.evenkeel.ui.chart;

/** How a series is drawn. */
public enum Stroke {
  SOLID,
  DASHED,
  /** Holds its value until the next point. */
  STEPS,
  /** What no longer counts. */
  FAINT
}
