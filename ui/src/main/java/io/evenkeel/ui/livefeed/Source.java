package io.evenkeel.ui.livefeed;

/**
 * Reads the state of one thing. Called by one thread at a time.
 *
 * @param <S> the state, immutable
 */
@FunctionalInterface
public interface Source<S> {

  /** The state now. Throws when it cannot be read; the next tick tries again. */
  S next();

  /**
   * Whether the last state lacks something that the next call brings; it is called at once then.
   */
  default boolean isUnfinished() {
    return false;
  }
}
