/**
 * OTLP/HTTP metrics as telemetry: data points come one by one, and leave as one record a step and
 * rank.
 *
 * <p>{@code OtlpDecoder} reads a body, {@code PointReader} finds out what each data point stands
 * for, {@code StepAssembler} gathers the points of a step until it is whole, {@code StepBuilder}
 * makes the record. An export is answered when the steps that it touched are stored. Only {@code
 * StepAssembler} is shared between threads; the others have no state. Knows nothing of other
 * features but tokens, bodies, dead letters and the way to Kafka; only this package reads
 * OpenTelemetry's messages.
 */
@NullMarked
package io.evenkeel.gateway.otlp;

import org.jspecify.annotations.NullMarked;
