package io.evenkeel.trainer.data;

/** Bytes of B sequences of length S, and the byte that follows each. */
public final class Batch {
  private final int[] inputs;
  private final int[] targets;

  Batch(int[] inputs, int[] targets) {
    this.inputs = inputs;
    this.targets = targets;
  }

  /** Bytes [B*S]; not a copy. */
  public int[] inputs() {
    return inputs;
  }

  /** Next bytes [B*S]; not a copy. */
  public int[] targets() {
    return targets;
  }
}
