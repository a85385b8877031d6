/**
 * What all readers of the {@code ui_v1_*} views share: reading nullable figures, and faults with an
 * EVK id. Thread-safe. Must not import Vaadin.
 */
@NullMarked
package io.evenkeel.ui.store;

import org.jspecify.annotations.NullMarked;
