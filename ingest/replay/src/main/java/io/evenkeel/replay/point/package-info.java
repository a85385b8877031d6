/**
 * From logged values, one metric and step at a time, to telemetry, one step at a time.
 *
 * <p>Contract: values may come in any order; memory does not grow with their number. Threading: one
 * thread at a time. Must not import the packages of the formats.
 */
@NullMarked
package io.evenkeel.replay.point;

import org.jspecify.annotations.NullMarked;
