/**
 * TensorBoard's event files.
 *
 * <p>Contract: no byte of the file is believed before its checksum has been compared; a damaged
 * record is counted and harms no other. Threading: one thread at a time. Must not import the
 * packages of the other formats; generated protobuf is used here alone.
 */
@NullMarked
package io.evenkeel.replay.tensorboard;

import org.jspecify.annotations.NullMarked;
