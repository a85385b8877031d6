/**
 * The loop: collect, evaluate, decide, guard, act, tell. One thread handles events in the order in
 * which they come; the clock is injected, and nothing here knows Kafka or the database, so that the
 * whole loop runs in virtual time.
 */
@NullMarked
package io.evenkeel.controller.steer;

import org.jspecify.annotations.NullMarked;
