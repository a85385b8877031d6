package io.evenkeel.ui.livefeed;

import io.evenkeel.ui.store.StoreFault;

/**
 * What a tick came to.
 *
 * @param <S> the state
 */
public sealed interface Tick<S> {

  /**
   * The state was read.
   *
   * @param state the state
   */
  record Fresh<S>(S state) implements Tick<S> {}

  /**
   * The state could not be read; what was shown before is old.
   *
   * @param fault why
   */
  record Failed<S>(StoreFault fault) implements Tick<S> {}
}
