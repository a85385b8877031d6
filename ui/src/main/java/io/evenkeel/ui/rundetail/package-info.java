/**
 * One run in full: its state, loaded once and then followed. Reads the {@code ui_v1_*} views.
 * Thread-safe; records are immutable. Must not import Vaadin; pages are in {@code rundetail.ui}.
 */
@NullMarked
package io.evenkeel.ui.rundetail;

import org.jspecify.annotations.NullMarked;
