/**
 * What a rule looked at: the stored series behind an alert, as charts. Reads the {@code ui_v1_*}
 * views. Thread-safe; records are immutable. Must not import Vaadin.
 */
@NullMarked
package io.evenkeel.ui.evidence;

import org.jspecify.annotations.NullMarked;
