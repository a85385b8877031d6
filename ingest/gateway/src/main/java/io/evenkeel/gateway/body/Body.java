package io.evenkeel.gateway.body;

import io.evenkeel.gateway.limit.MemoryBudget;

/** A body as it was before compression. Holds room of the budget until it is closed. */
public final class Body implements AutoCloseable {

  private final byte[] bytes;
  private final int length;
  private final MemoryBudget budget;
  private final long reserved;

  Body(byte[] bytes, int length, MemoryBudget budget, long reserved) {
    this.bytes = bytes;
    this.length = length;
    this.budget = budget;
    this.reserved = reserved;
  }

  /** The bytes, of which the first {@link #length()} count; not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** Decompressed length, bytes. */
  public int length() {
    return length;
  }

  @Override
  public void close() {
    budget.release(reserved);
  }
}
