/**
 * Modes, knobs, holds, proposals and the kill switch: what is in force, and requests to the
 * controller. Reads the {@code ui_v1_*} views. Thread-safe; records are immutable. Must not import
 * Vaadin; pages are in {@code control.ui}.
 */
@NullMarked
package io.evenkeel.ui.control;

import org.jspecify.annotations.NullMarked;
