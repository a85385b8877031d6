package io.evenkeel.trainer.data;

import java.util.SplittableRandom;

/** Uniform symbols: noise. One domain. */
public final class RandomSource implements DataSource {
  private static final long HELD_OUT_SALT = 0x401e_07L;

  private final int symbols;

  /** Symbols 0 to V-1. */
  public RandomSource(int symbols) {
    if (symbols < 1) {
      throw new IllegalArgumentException("needs at least one symbol");
    }
    this.symbols = symbols;
  }

  @Override
  public int domains() {
    return 1;
  }

  @Override
  public int symbols() {
    return symbols;
  }

  @Override
  public Batches batches(Drawing drawing, Mix mix) {
    DataSource.requireDomains(mix, domains());
    long salt = drawing.part() == Corpus.Part.TRAINING ? 0 : HELD_OUT_SALT;
    return index -> batch(drawing, Seeds.stream(drawing.seed() ^ salt, index));
  }

  private Batch batch(Drawing drawing, SplittableRandom random) {
    int length = drawing.length();
    int[] inputs = new int[drawing.sequences() * length];
    int[] targets = new int[inputs.length];
    for (int t = 0; t < inputs.length; t++) {
      inputs[t] = t % length == 0 ? random.nextInt(symbols) : targets[t - 1];
      targets[t] = random.nextInt(symbols);
    }
    return new Batch(inputs, targets);
  }
}
