/**
 * The training loop: commands between steps, forward, backward, update, telemetry, checkpoint,
 * progress.
 *
 * <p>The thread that makes a {@link io.evenkeel.trainer.loop.RankTeam} trains rank 0 and decides;
 * every other rank has a thread of its own, which touches its replica alone, between the beginning
 * and the end of a phase. Only {@link io.evenkeel.trainer.loop.StopRequest} is shared with others.
 * No failure of telemetry or control stops or slows the run. Must not import a backend nor the
 * contract's wire.
 */
@NullMarked
package io.evenkeel.trainer.loop;

import org.jspecify.annotations.NullMarked;
