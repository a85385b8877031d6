/**
 * Brings the latest state of a feed into a page: at most one push a tick. Must not import a
 * feature.
 */
@NullMarked
package io.evenkeel.ui.livefeed.ui;

import org.jspecify.annotations.NullMarked;
