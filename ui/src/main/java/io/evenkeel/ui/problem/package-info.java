/**
 * Refusals: why something that was asked for is not done, with an id of the catalogue, and how the
 * API answers them (RFC 9457). Services throw {@link io.evenkeel.ui.problem.Refusal}; pages show
 * its line. Immutable. Must not import other packages of the dashboard, nor Vaadin.
 */
@NullMarked
package io.evenkeel.ui.problem;

import org.jspecify.annotations.NullMarked;
