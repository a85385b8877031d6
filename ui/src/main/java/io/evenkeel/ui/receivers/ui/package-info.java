/**
 * Pages of {@code receivers}: they bind and delegate. Touched by the thread that holds the page's
 * session lock alone; live states come in through {@code livefeed.ui}. Must not read the database.
 */
@NullMarked
package io.evenkeel.ui.receivers.ui;

import org.jspecify.annotations.NullMarked;
