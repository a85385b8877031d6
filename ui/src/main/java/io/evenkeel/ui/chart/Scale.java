package io.evenkeel.ui.chart;

/** How values map to height. */
public enum Scale {
  LINEAR,
  /** Ten-fold steps; values that are not above zero have no place on it. */
  LOGARITHMIC
}
