/**
 * What a trainer measures: one {@link io.evenkeel.contract.telemetry.StepTelemetry} a step and
 * rank. Immutable records; nothing here knows the wire format.
 */
@NullMarked
package io.evenkeel.contract.telemetry;

import org.jspecify.annotations.NullMarked;
