package io.evenkeel.trainer.data;

import java.util.SplittableRandom;

/** Batches of text: each sequence from one domain, at a random place. */
public final class BatchSource implements Batches {
  private final Corpus corpus;
  private final Corpus.Part part;
  private final int sequences;
  private final int length;
  private final long seed;
  private final Mix mix;

  /**
   * Batches of B sequences of length S, all domains equally likely.
   *
   * @throws IllegalArgumentException if a domain has fewer than S+1 bytes in that part
   */
  public BatchSource(Corpus corpus, Corpus.Part part, int sequences, int length, long seed) {
    this(corpus, new Drawing(part, sequences, length, seed), Mix.uniform(corpus.domains()));
  }

  /**
   * Batches with domains drawn from a mix.
   *
   * @throws IllegalArgumentException if a domain has fewer than S+1 bytes in that part, or the mix
   *     is of another number of domains
   */
  public BatchSource(Corpus corpus, Drawing drawing, Mix mix) {
    this.corpus = corpus;
    this.part = drawing.part();
    this.sequences = drawing.sequences();
    this.length = drawing.length();
    this.seed = drawing.seed();
    this.mix = mix;
    DataSource.requireDomains(mix, corpus.domains());
    for (int domain = 0; domain < corpus.domains(); domain++) {
      if (corpus.size(domain, part) < length + 1) {
        throw new IllegalArgumentException(
            "domain " + domain + " is shorter than a sequence of " + (length + 1));
      }
    }
  }

  @Override
  public Batch batch(long index) {
    SplittableRandom random = Seeds.stream(seed, index);
    int[] inputs = new int[sequences * length];
    int[] targets = new int[sequences * length];
    for (int b = 0; b < sequences; b++) {
      int domain = mix.draw(random);
      int start = random.nextInt(corpus.size(domain, part) - length);
      for (int s = 0; s < length; s++) {
        inputs[b * length + s] = corpus.at(domain, part, start + s);
        targets[b * length + s] = corpus.at(domain, part, start + s + 1);
      }
    }
    return new Batch(inputs, targets);
  }
}
