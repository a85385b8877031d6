/**
 * Turns a step's sums into the contract's {@code StepTelemetry}: token-summed gradients, power
 * sums, counts. NaN and infinity are data here and travel as such.
 *
 * <p>Used by the training thread. Must not import a backend, nor {@code io.evenkeel.contract.wire}:
 * encoding is the client's.
 */
@NullMarked
package io.evenkeel.trainer.telemetry;

import org.jspecify.annotations.NullMarked;
