/**
 * Receivers and routes: what is in force and how it fares, the check of what somebody edits, and
 * what a person may ask of the controller. The check is the controller's own, by the library that
 * both use; the secrets are not here, only their names. Thread-safe. Must not import Vaadin.
 */
@NullMarked
package io.evenkeel.ui.receivers;

import org.jspecify.annotations.NullMarked;
