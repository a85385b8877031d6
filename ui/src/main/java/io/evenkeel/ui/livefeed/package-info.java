/**
 * One poller for each thing looked at, however many look, and only while someone does. Thread-safe;
 * listeners are called on the poller's threads. Must not import Vaadin.
 */
@NullMarked
package io.evenkeel.ui.livefeed;

import org.jspecify.annotations.NullMarked;
