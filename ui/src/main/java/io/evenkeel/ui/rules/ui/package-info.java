/**
 * Pages of {@code rules}: they bind and delegate. Touched by the thread that holds the page's
 * session lock alone; live states come in through {@code livefeed.ui}. Must not read the database,
 * nor use what judges a run.
 */
@NullMarked
package io.evenkeel.ui.rules.ui;

import org.jspecify.annotations.NullMarked;
