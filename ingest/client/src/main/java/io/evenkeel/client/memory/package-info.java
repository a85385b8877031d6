/**
 * A transport inside one process: for tests, and for a trainer and controller that share a JVM. The
 * same buffer and the same threads as over a network; only the broker is a list.
 */
@NullMarked
package io.evenkeel.client.memory;

import org.jspecify.annotations.NullMarked;
