/**
 * The gateway as a process: configuration, wiring, start and stop.
 *
 * <p>Contract: the environment variables of {@link io.evenkeel.gateway.app.GatewayConfig}; one line
 * {@code EVENKEEL-READY gateway} on the standard output once Kafka has answered and what the topics
 * hold has been read. HTTP is served before that already, with 503. Nobody imports this package.
 */
@NullMarked
package io.evenkeel.gateway.app;

import org.jspecify.annotations.NullMarked;
