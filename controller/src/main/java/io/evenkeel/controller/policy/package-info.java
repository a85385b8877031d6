/**
 * Policies: what a run needs, from what was measured of it. Pure functions of a {@link
 * io.evenkeel.controller.policy.RunView}, one file each, immutable and thread-safe. Each has a page
 * in docs/maths. Imports the contract and the JDK alone: no clock, no Kafka, no database, no
 * logging, nothing of the rest of the controller.
 */
@NullMarked
package io.evenkeel.controller.policy;

import org.jspecify.annotations.NullMarked;
