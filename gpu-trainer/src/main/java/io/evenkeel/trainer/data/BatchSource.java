package io.evenkeel.trainer.data;

import java.util.SplittableRandom;

/**
 * Draws the batch of a step: each sequence from one domain, domains equally likely, at a random
 * place.
 */
public final class BatchSource {
  private final Corpus corpus;
  private final Corpus.Part part;
  private final int sequences;
  private final int length;
  private final long seed;

  /**
   * Makes a source of batches of B sequences of length S.
   *
   * @throws IllegalArgumentException if a domain has fewer than S+1 bytes in that part
   */
  public BatchSource(Corpus corpus, Corpus.Part part, int sequences, int length, long seed) {
    this.corpus = corpus;
    this.part = part;
    this.sequences = sequences;
    this.length = length;
    this.seed = seed;
    for (int domain = 0; domain < corpus.domains(); domain++) {
      if (corpus.size(domain, part) < length + 1) {
        throw new IllegalArgumentException(
            "domain " + domain + " is shorter than a sequence of " + (length + 1));
      }
    }
  }

  /** The batch of a step, the same whenever it is asked for. */
  public Batch batch(long step) {
    SplittableRandom random = new SplittableRandom(mix(mix(seed) + step));
    int[] inputs = new int[sequences * length];
    int[] targets = new int[sequences * length];
    for (int b = 0; b < sequences; b++) {
      int domain = random.nextInt(corpus.domains());
      int start = random.nextInt(corpus.size(domain, part) - length);
      for (int s = 0; s < length; s++) {
        inputs[b * length + s] = corpus.at(domain, part, start + s);
        targets[b * length + s] = corpus.at(domain, part, start + s + 1);
      }
    }
    return new Batch(inputs, targets);
  }

  /**
   * Scatters neighbouring values: SplittableRandom steps its state by a constant, and seeds that
   * lie a multiple of it apart would give the same stream, shifted. Source: MurmurHash3's 64-bit
   * finaliser.
   */
  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
