/**
 * Checkpoints: the whole state of a run in one file of the safetensors format, written beside and
 * then renamed over, so that a file is whole or not there; and the folder of a run, which remembers
 * its incarnation.
 *
 * <p>Used by the training thread. Must not import a backend nor the contract's wire.
 */
@NullMarked
package io.evenkeel.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
