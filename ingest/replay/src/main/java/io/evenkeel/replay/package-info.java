/**
 * Reads logs of training runs, whoever wrote them, and sends them as telemetry.
 *
 * <p>Contract: a file becomes a stream of {@code StepTelemetry} in its order, in memory that does
 * not grow with it.
 */
@NullMarked
package io.evenkeel.replay;

import org.jspecify.annotations.NullMarked;
