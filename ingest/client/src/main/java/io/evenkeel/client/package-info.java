/**
 * The trainer's side of the wire. Fail-open is its first law: nothing here may slow, stop or fail a
 * training run.
 *
 * <p>Contract: {@link io.evenkeel.client.TelemetryPublisher}, {@link
 * io.evenkeel.client.CommandSubscription} and {@link io.evenkeel.client.AlertSubscription} are
 * called on the training thread; no call waits for the network, and none throws because of it.
 * Memory is bounded by {@link io.evenkeel.client.BufferLimits}. All types are safe for use by
 * several threads. Encoding, sending and reading happen on daemon threads of their own.
 *
 * <p>Transports: {@code .kafka}, {@code .http}, {@code .memory}. Each implements {@link
 * io.evenkeel.client.buffer.Transport} and gives its commands to a {@link
 * io.evenkeel.client.buffer.CommandInbox} and its alerts to a {@link
 * io.evenkeel.client.buffer.AlertInbox}. This package imports no transport's library.
 */
@NullMarked
package io.evenkeel.client;

import org.jspecify.annotations.NullMarked;
