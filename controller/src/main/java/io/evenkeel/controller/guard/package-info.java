/**
 * The guard: the last word on every change of a knob, and the judge of its effect. Pure and
 * thread-safe; time comes in as a value. Imports the contract and {@code policy} alone: no clock,
 * no Kafka, no database, no logging.
 */
@NullMarked
package io.evenkeel.controller.guard;

import org.jspecify.annotations.NullMarked;
