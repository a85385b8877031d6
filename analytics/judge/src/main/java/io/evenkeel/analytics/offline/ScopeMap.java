package io.evenkeel.analytics.offline;

import io.evenkeel.analytics.detect.ScopeKey;
import io.evenkeel.analytics.detect.ScopeState;
import io.evenkeel.analytics.detect.ScopeStates;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The states of one run's scopes in memory. */
final class ScopeMap implements ScopeStates {

  private final Map<ScopeKey, ScopeState> states = new LinkedHashMap<>();

  @Override
  public ScopeState get(ScopeKey key) {
    return states.getOrDefault(key, ScopeState.EMPTY);
  }

  @Override
  public void put(ScopeKey key, ScopeState state) {
    states.put(key, state);
  }

  @Override
  public void remove(ScopeKey key) {
    states.remove(key);
  }

  @Override
  public List<ScopeKey> keys() {
    return List.copyOf(states.keySet());
  }

  @Override
  public void clear() {
    states.clear();
  }
}
