package io.evenkeel.analytics.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * All that is kept of one rule in one scope.
 *
 * @param memory what the detector remembers
 * @param lifecycle where its incident stands
 */
public record ScopeState(Memory memory, Lifecycle lifecycle) {

  private static final byte FORMAT = 2;

  /** Of the first release. */
  private static final byte ONE_WINDOW = 1;

  /** Nothing seen yet. */
  public static final ScopeState EMPTY = new ScopeState(Memory.EMPTY, Lifecycle.INACTIVE);

  /**
   * Asked of each scope at each step, and spelt out: a record's own costs several times as much.
   */
  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof ScopeState state
            && memory.equals(state.memory)
            && lifecycle.equals(state.lifecycle));
  }

  @Override
  public int hashCode() {
    return 31 * memory.hashCode() + lifecycle.hashCode();
  }

  /** Writes the state; {@link #read} reads it back. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    memory.write(out);
    lifecycle.write(out);
  }

  /** Reads what {@link #write} wrote. */
  public static ScopeState read(DataInput in) throws IOException {
    byte format = in.readByte();
    if (format != FORMAT && format != ONE_WINDOW) {
      throw new IOException("scope state of unknown format " + format);
    }
    Memory memory = format == FORMAT ? Memory.read(in) : Memory.readOneWindow(in);
    return new ScopeState(memory, Lifecycle.read(in));
  }
}
