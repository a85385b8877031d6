/**
 * A webhook receiver on the loopback address, which a scenario gives to the controller.
 *
 * <p>Contract: verifies every notice as Standard Webhooks says, counts each id once, and remembers
 * when it came. Threading: notices arrive on the HTTP server's thread; the accessors may be called
 * from any thread. Must not import the controller.
 */
@NullMarked
package io.evenkeel.standalone.sink;

import org.jspecify.annotations.NullMarked;
