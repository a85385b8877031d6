package io.evenkeel.trainer.data;

/**
 * What batches to draw.
 *
 * @param part of the data
 * @param sequences B, at least 1
 * @param length S, at least 1
 * @param seed of the draw
 */
public record Drawing(Corpus.Part part, int sequences, int length, long seed) {
  /** Checks the sizes. */
  public Drawing {
    if (sequences < 1 || length < 1) {
      throw new IllegalArgumentException(
          "a batch needs at least one sequence of at least one symbol");
    }
  }
}
