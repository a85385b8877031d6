/** The composition root: configuration from the environment, wiring, start and stop. */
@NullMarked
package io.evenkeel.controller.app;

import org.jspecify.annotations.NullMarked;
