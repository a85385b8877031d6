/**
 * From a body to acknowledged records: cut, decoded, checked, sent; what is refused is kept as a
 * dead letter and does not disturb its neighbours.
 *
 * <p>Contract: {@link io.evenkeel.gateway.intake.Intake} answers for every record of a body.
 * Threading: everything is thread-safe; a call works on its caller's thread. Must not import {@code
 * telemetry}, {@code run}, {@code command}, {@code alert}, {@code otlp} or {@code app}.
 */
@NullMarked
package io.evenkeel.gateway.intake;

import org.jspecify.annotations.NullMarked;
