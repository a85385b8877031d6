package io.evenkeel.analytics.detect;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** States in a map, each kept as bytes: what a restart would read is what every step reads. */
final class MapScopeStates implements ScopeStates {

  private final Map<ScopeKey, byte[]> states = new LinkedHashMap<>();

  @Override
  public ScopeState get(ScopeKey key) {
    byte[] bytes = states.get(key);
    if (bytes == null) {
      return ScopeState.EMPTY;
    }
    try {
      return ScopeState.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void put(ScopeKey key, ScopeState state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      state.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    states.put(key, bytes.toByteArray());
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
