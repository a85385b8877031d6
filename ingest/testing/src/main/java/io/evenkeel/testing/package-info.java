/**
 * Test support for every module, used in test scope alone: properties over seeds, a clock that a
 * test moves, and synthetic training runs. Deterministic: the same arguments give the same records
 * on every machine. Nothing here starts a thread, opens a file or imports a service.
 */
@NullMarked
package io.evenkeel.testing;

import org.jspecify.annotations.NullMarked;
