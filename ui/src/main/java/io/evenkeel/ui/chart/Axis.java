package io.evenkeel.ui.chart;

/** Which value axis a series is read from. */
public enum Axis {
  LEFT,
  RIGHT
}
