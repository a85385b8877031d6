/**
 * Checkpoints: the tensors of a run in a file of the safetensors format, and beside it a JSON file
 * with everything else, written last; and the folder of a run, which remembers its incarnation.
 * Every file is written beside and then renamed over, so that it is whole or not there.
 *
 * <p>Used by the training thread. Must not import a backend nor the contract's wire.
 */
@NullMarked
package io.evenkeel.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
