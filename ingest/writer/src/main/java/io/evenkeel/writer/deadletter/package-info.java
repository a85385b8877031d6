/**
 * What cannot be read or stored: found, set apart from its neighbours, and kept.
 *
 * <p>Contract: a dead letter has been acknowledged by the broker before the offset of the record it
 * stands for is committed. Threading: one thread an instance. Must not import {@code consume} or
 * {@code app}.
 */
@NullMarked
package io.evenkeel.writer.deadletter;

import org.jspecify.annotations.NullMarked;
