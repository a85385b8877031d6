/**
 * The training loop: commands between steps, forward, backward, update, telemetry, checkpoint,
 * progress.
 *
 * <p>One thread trains; only {@link io.evenkeel.trainer.loop.StopRequest} is shared with others. No
 * failure of telemetry or control stops or slows it. Must not import a backend nor the contract's
 * wire.
 */
@NullMarked
package io.evenkeel.trainer.loop;

import org.jspecify.annotations.NullMarked;
