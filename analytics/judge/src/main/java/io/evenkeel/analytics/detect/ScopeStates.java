package io.evenkeel.analytics.detect;

import java.util.List;

/** The states of one run's scopes, wherever they are kept. */
public interface ScopeStates {

  /** The state of {@code key}; {@link ScopeState#EMPTY} if there is none. */
  ScopeState get(ScopeKey key);

  /** Keeps the state of {@code key}. */
  void put(ScopeKey key, ScopeState state);

  /** Forgets the state of {@code key}. */
  void remove(ScopeKey key);

  /** All keys that have a state. */
  List<ScopeKey> keys();

  /** Forgets everything. */
  void clear();
}
