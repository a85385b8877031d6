package io.evenkeel.ui.evidence;

import io.evenkeel.ui.chart.LineChart;

/**
 * A chart of what a rule looked at.
 *
 * @param title what is drawn
 * @param description how to read it
 * @param chart the series with the limit
 */
public record Evidence(String title, String description, LineChart chart) {}
