/**
 * Starts the dashboard and wires it: the one place that knows all features. Runs once, at the
 * start.
 */
@NullMarked
package io.evenkeel.ui.app;

import org.jspecify.annotations.NullMarked;
