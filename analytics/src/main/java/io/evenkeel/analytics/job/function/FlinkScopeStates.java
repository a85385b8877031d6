package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.detect.ScopeKey;
import io.evenkeel.analytics.detect.ScopeState;
import io.evenkeel.analytics.detect.ScopeStates;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.util.FlinkRuntimeException;

/** The scopes' states in Flink's keyed state. Its failures are the backend's, and fail the task. */
final class FlinkScopeStates implements ScopeStates {

  private final MapState<String, ScopeState> states;

  FlinkScopeStates(MapState<String, ScopeState> states) {
    this.states = states;
  }

  @Override
  public ScopeState get(ScopeKey key) {
    try {
      ScopeState state = states.get(key.text());
      return state == null ? ScopeState.EMPTY : state;
    } catch (Exception e) {
      throw new FlinkRuntimeException(e);
    }
  }

  @Override
  public void put(ScopeKey key, ScopeState state) {
    try {
      states.put(key.text(), state);
    } catch (Exception e) {
      throw new FlinkRuntimeException(e);
    }
  }

  @Override
  public void remove(ScopeKey key) {
    try {
      states.remove(key.text());
    } catch (Exception e) {
      throw new FlinkRuntimeException(e);
    }
  }

  @Override
  public List<ScopeKey> keys() {
    try {
      List<ScopeKey> keys = new ArrayList<>();
      states.keys().forEach(text -> keys.add(ScopeKey.of(text)));
      keys.sort(java.util.Comparator.comparing(ScopeKey::text));
      return keys;
    } catch (Exception e) {
      throw new FlinkRuntimeException(e);
    }
  }

  @Override
  public void clear() {
    states.clear();
  }
}
