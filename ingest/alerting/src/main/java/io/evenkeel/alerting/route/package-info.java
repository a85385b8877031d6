/**
 * Who is told of what, and when: labels, matchers, the routing tree, inhibition, and the cadence of
 * a group's notices. Pure: no clock, no I/O; time comes as an argument. Immutable, thread-safe.
 * Must not import anything else of Evenkeel but the contract.
 */
@NullMarked
package io.evenkeel.alerting.route;

import org.jspecify.annotations.NullMarked;
