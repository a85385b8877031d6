/**
 * Incidents, open and past, and the webhooks sent for them. Reads the {@code ui_v1_*} views.
 * Thread-safe; records are immutable. Must not import Vaadin; pages are in {@code alerts.ui}.
 */
@NullMarked
package io.evenkeel.ui.alerts;

import org.jspecify.annotations.NullMarked;
