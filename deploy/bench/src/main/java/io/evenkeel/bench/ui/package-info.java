/**
 * The dashboard in a real browser: how soon the page of a long run is drawn, how quickly a zoom is
 * answered, what a live run costs the browser, and what many people at once cost the server.
 * Imports the writer's store to make the run, and nothing of the dashboard: that is a process of
 * its own.
 */
@NullMarked
package io.evenkeel.bench.ui;

import org.jspecify.annotations.NullMarked;
