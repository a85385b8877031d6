/**
 * What Evenkeel itself is doing: telemetry counted, records refused, services reached. Reads the
 * {@code ui_v1_*} views. Thread-safe; records are immutable. Must not import Vaadin; pages are in
 * {@code health.ui}.
 */
@NullMarked
package io.evenkeel.ui.health;

import org.jspecify.annotations.NullMarked;
