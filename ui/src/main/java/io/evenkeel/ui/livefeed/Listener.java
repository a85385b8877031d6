package io.evenkeel.ui.livefeed;

/**
 * Hears of each tick. Called on the poller's threads, and must not block.
 *
 * @param <S> the state
 */
@FunctionalInterface
public interface Listener<S> {

  /** A tick has read {@code tick}. */
  void onTick(Tick<S> tick);
}
