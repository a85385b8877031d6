/**
 * The database of the controller: its connection pool, its migrations (schema {@code controller}),
 * and the state that the UI shows. Everything here may be down while steering goes on.
 */
@NullMarked
package io.evenkeel.controller.store;

import org.jspecify.annotations.NullMarked;
