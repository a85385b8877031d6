/**
 * What people say about runs: tags, a note, and whether a run is put away in the archive. Kept in
 * the dashboard's own tables; goes with the run when that is deleted. Thread-safe; records are
 * immutable. Must not import Vaadin, nor the packages of pages.
 */
@NullMarked
package io.evenkeel.ui.labels;

import org.jspecify.annotations.NullMarked;
