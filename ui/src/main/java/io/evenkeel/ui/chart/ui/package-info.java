/**
 * The chart element and the card around it, which shows loading, loaded or failed on its own.
 * Touched by the thread that holds the page's session lock alone.
 */
@NullMarked
package io.evenkeel.ui.chart.ui;

import org.jspecify.annotations.NullMarked;
