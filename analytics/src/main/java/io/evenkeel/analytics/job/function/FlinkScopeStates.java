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

  /** A state is asked for and then written: its key is spelt out once. */
  private ScopeKey last = new ScopeKey("", "");

  private String lastText = last.text();

  FlinkScopeStates(MapState<String, ScopeState> states) {
    this.states = states;
  }

  @Override
  public ScopeState get(ScopeKey key) {
    try {
      ScopeState state = states.get(text(key));
      return state == null ? ScopeState.EMPTY : state;
    } catch (Exception e) {
      throw new FlinkRuntimeException(e);
    }
  }

  @Override
  public void put(ScopeKey key, ScopeState state) {
    try {
      states.put(text(key), state);
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

  @SuppressWarnings("ReferenceEquality") // the very key that was asked for
  private String text(ScopeKey key) {
    if (key != last) {
      last = key;
      lastText = key.text();
    }
    return lastText;
  }
}
