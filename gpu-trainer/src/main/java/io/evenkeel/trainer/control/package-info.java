/**
 * The trainer's end of control: the knobs with their bounds, and the checks that every command
 * passes before it changes one. The trainer trusts nobody: what the controller has checked is
 * checked again here.
 *
 * <p>Used by the training thread alone, between steps; nothing here waits. Must not import a
 * backend, nor {@code io.evenkeel.contract.wire}.
 */
@NullMarked
package io.evenkeel.trainer.control;

import org.jspecify.annotations.NullMarked;
