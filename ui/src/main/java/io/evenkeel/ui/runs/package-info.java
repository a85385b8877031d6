/**
 * The list of runs. Reads the {@code ui_v1_*} views. Thread-safe; records are immutable. Must not
 * import Vaadin; pages are in {@code runs.ui}.
 */
@NullMarked
package io.evenkeel.ui.runs;

import org.jspecify.annotations.NullMarked;
