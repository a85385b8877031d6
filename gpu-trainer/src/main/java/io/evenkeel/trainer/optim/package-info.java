/**
 * Clipping by global norm, AdamW with epsilon statistics, and the schedule of the selection-bias
 * update. FORMULAS.md section 6.
 *
 * <p>Used by one thread at a time. Must not import a backend nor the contract.
 */
@NullMarked
package io.evenkeel.trainer.optim;

import org.jspecify.annotations.NullMarked;
