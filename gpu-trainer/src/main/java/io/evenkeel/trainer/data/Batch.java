package io.evenkeel.trainer.data;

/** Symbols of B sequences of length S, and the symbol that follows each. */
public final class Batch {
  /** A target that the loss leaves out. */
  public static final int SKIPPED = -1;

  private final int[] inputs;
  private final int[] targets;

  /**
   * Makes a batch; the arrays are not copied.
   *
   * @param inputs symbols [B*S]
   * @param targets next symbols [B*S], or {@link #SKIPPED}
   */
  public Batch(int[] inputs, int[] targets) {
    if (inputs.length != targets.length) {
      throw new IllegalArgumentException("a batch has as many targets as inputs");
    }
    this.inputs = inputs;
    this.targets = targets;
  }

  /** Symbols [B*S]; not a copy. */
  public int[] inputs() {
    return inputs;
  }

  /** Next symbols [B*S], or {@link #SKIPPED}; not a copy. */
  public int[] targets() {
    return targets;
  }
}
