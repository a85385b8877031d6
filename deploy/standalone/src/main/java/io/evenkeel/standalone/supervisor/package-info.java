/**
 * Keeps child processes running: start, readiness, restart with back-off, stop in order, bounded
 * logs.
 *
 * <p>Contract: a service that dies is started again and stops no other; nothing here throws into
 * its caller because a child misbehaves. Threading: one thread a service; the public methods may be
 * called from any thread. Must not import Kafka, JDBC or anything else of Evenkeel but {@code
 * contract.error} and {@code embedded}.
 */
@NullMarked
package io.evenkeel.standalone.supervisor;

import org.jspecify.annotations.NullMarked;
