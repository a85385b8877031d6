/** A trainer for tests: a small plant whose signals answer to its knobs. Single-threaded. */
@NullMarked
package io.evenkeel.controller.sim;

import org.jspecify.annotations.NullMarked;
