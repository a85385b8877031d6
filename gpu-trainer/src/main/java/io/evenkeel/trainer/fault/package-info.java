/**
 * Faults on purpose: a plan of what goes wrong at which step, read from the configuration, and what
 * does it. A {@link io.evenkeel.trainer.fault.FaultPlan} is asked step by step and holds no state,
 * so that a resumed run goes wrong exactly as an unbroken one; only {@link
 * io.evenkeel.trainer.fault.FaultyDelivery} keeps records back, as a bad network would.
 *
 * <p>How a training loop uses it, in order:
 *
 * <ol>
 *   <li>before the model is made: {@link io.evenkeel.trainer.fault.FaultPlan#model} and {@link
 *       io.evenkeel.trainer.fault.FaultPlan#initializer}; after it has been filled, and only when
 *       nothing is restored: {@link io.evenkeel.trainer.fault.FaultInjector#afterInitialization};
 *   <li>batches come from {@link io.evenkeel.trainer.fault.FaultyBatches};
 *   <li>at the start of a step, before commands are handled: {@link
 *       io.evenkeel.trainer.fault.FaultPlan#misSettings}, which move the knobs themselves (a later
 *       command puts them right);
 *   <li>then {@link io.evenkeel.trainer.fault.FaultPlan#objective}, {@link
 *       io.evenkeel.trainer.fault.FaultPlan#optimizer} and {@link
 *       io.evenkeel.trainer.fault.FaultPlan#mu}, which overlay the values in force (no command
 *       reaches them), and {@link io.evenkeel.trainer.fault.FaultInjector#beforeForward};
 *   <li>when the gradients of all micro-batches and ranks have been summed, before their norm is
 *       measured: {@link io.evenkeel.trainer.fault.FaultInjector#beforeUpdate};
 *   <li>{@link io.evenkeel.trainer.fault.FaultPlan#delayMillis} of every rank, and telemetry
 *       through {@link io.evenkeel.trainer.fault.FaultyDelivery}.
 * </ol>
 *
 * <p>Immutable and safe for use by several threads but for the injector and the delivery, which
 * belong to one thread. Must not import a backend, the loop, the configuration, nor the client.
 */
@NullMarked
package io.evenkeel.trainer.fault;

import org.jspecify.annotations.NullMarked;
