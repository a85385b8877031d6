package io.evenkeel.trainer.ops;

/**
 * The sizes of one causal attention.
 *
 * @param sequences B, at least 1
 * @param heads H, at least 1
 * @param length S, at least 1
 * @param headWidth dh, at least 1
 */
public record AttentionShape(int sequences, int heads, int length, int headWidth) {
  /** Checks the ranges. */
  public AttentionShape {
    if (sequences < 1 || heads < 1 || length < 1 || headWidth < 1) {
      throw new IllegalArgumentException(
          "attention needs sizes >= 1, not "
              + sequences
              + ", "
              + heads
              + ", "
              + length
              + ", "
              + headWidth);
    }
  }

  /** B*S. */
  public int rows() {
    return sequences * length;
  }

  /** d = H*dh. */
  public int width() {
    return heads * headWidth;
  }
}
