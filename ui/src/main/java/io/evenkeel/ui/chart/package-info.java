/**
 * What a chart is, and how it is told to ECharts: bounded points that keep the least and the
 * largest value of every bucket, gaps that stay gaps, marks for values that are not finite.
 * Immutable; thread-safe. Must not import Vaadin or SQL.
 */
@NullMarked
package io.evenkeel.ui.chart;

import org.jspecify.annotations.NullMarked;
