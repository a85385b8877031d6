/**
 * The broker as a process of its own.
 *
 * <p>Contract: {@link io.evenkeel.standalone.broker.KafkaMain} starts it, creates every topic of
 * the contract and says when it is ready. Threading: none of its own. Must not import the
 * supervisor.
 */
@NullMarked
package io.evenkeel.standalone.broker;

import org.jspecify.annotations.NullMarked;
