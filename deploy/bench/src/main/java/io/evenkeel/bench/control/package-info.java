/**
 * How soon the loop closes: from publishing telemetry that calls for a command to the step that
 * runs with it, through everything that {@code ./evenkeel up} starts.
 *
 * <p>Contract: as of {@code io.evenkeel.bench}. The trainer is a stand-in that computes nothing: it
 * publishes telemetry by the client library at a steady pace, and takes commands between steps as
 * the trainer does. Threading: one thread trains, two watch topics.
 */
@NullMarked
package io.evenkeel.bench.control;

import org.jspecify.annotations.NullMarked;
