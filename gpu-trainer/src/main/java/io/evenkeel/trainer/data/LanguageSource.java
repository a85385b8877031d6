package io.evenkeel.trainer.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Synthetic languages over one alphabet, which reward experts that specialise: in language m every
 * symbol has a few random successors, each half as likely as the one before it (8, 4, 2 and 1 in 15
 * for four). A sequence is the tag of its language (symbol A+m), a uniform first symbol, and the
 * chain from there.
 *
 * <p>Nothing can predict the first symbol, so its target, at position 0, is left out of the loss.
 * The best loss that a model can reach is the entropy of the successors, 1.137 nats for four.
 * Held-out sequences come from the same languages, with each language as often as any other.
 */
public final class LanguageSource implements DataSource {
  private static final long HELD_OUT_SALT = 0x5e1d_07L;

  private final Languages settings;
  private final int[] successors;
  private final double[] cumulative;

  /** The languages of these settings; the tables of successors depend on their seed alone. */
  public LanguageSource(Languages settings) {
    this.settings = settings;
    int count = settings.successors();
    successors = new int[settings.languages() * settings.symbols() * count];
    SplittableRandom random = new SplittableRandom(Seeds.mix(settings.seed()));
    int[] order = new int[settings.symbols()];
    for (int row = 0; row < settings.languages() * settings.symbols(); row++) {
      Arrays.setAll(order, i -> i);
      for (int k = 0; k < count; k++) {
        int other = k + random.nextInt(order.length - k);
        successors[row * count + k] = order[other];
        order[other] = order[k];
      }
    }
    cumulative = new double[count];
    double total = Math.scalb(1.0, count) - 1;
    double reached = 0;
    for (int k = 0; k < count; k++) {
      reached += Math.scalb(1.0, count - 1 - k) / total;
      cumulative[k] = reached;
    }
  }

  @Override
  public int domains() {
    return settings.languages();
  }

  @Override
  public int symbols() {
    return settings.symbols() + settings.languages();
  }

  /** Entropy of a successor, nats: no model can do better. */
  public double entropy() {
    double entropy = 0;
    double below = 0;
    for (double reached : cumulative) {
      double probability = reached - below;
      entropy -= probability * Math.log(probability);
      below = reached;
    }
    return entropy;
  }

  @Override
  public Batches batches(Drawing drawing, Mix mix) {
    DataSource.requireDomains(mix, domains());
    return switch (drawing.part()) {
      case TRAINING -> index -> batch(drawing, Seeds.stream(drawing.seed(), index), mix);
      case HELD_OUT ->
          index -> heldOut(drawing, Seeds.stream(drawing.seed() ^ HELD_OUT_SALT, index), index);
    };
  }

  private Batch batch(Drawing drawing, SplittableRandom random, Mix mix) {
    Batch batch = empty(drawing);
    for (int b = 0; b < drawing.sequences(); b++) {
      write(batch, b * drawing.length(), drawing.length(), mix.draw(random), random);
    }
    return batch;
  }

  private Batch heldOut(Drawing drawing, SplittableRandom random, long index) {
    Batch batch = empty(drawing);
    for (int b = 0; b < drawing.sequences(); b++) {
      int language = (int) Math.floorMod(index * drawing.sequences() + b, (long) domains());
      write(batch, b * drawing.length(), drawing.length(), language, random);
    }
    return batch;
  }

  private static Batch empty(Drawing drawing) {
    int size = drawing.sequences() * drawing.length();
    return new Batch(new int[size], new int[size]);
  }

  private void write(Batch batch, int at, int length, int language, SplittableRandom random) {
    int previous = settings.symbols() + language;
    int symbol = random.nextInt(settings.symbols());
    for (int s = 0; s < length; s++) {
      batch.inputs()[at + s] = previous;
      batch.targets()[at + s] = s == 0 ? Batch.SKIPPED : symbol;
      previous = symbol;
      symbol = next(language, symbol, random.nextDouble());
    }
  }

  private int next(int language, int symbol, double u) {
    int count = cumulative.length;
    int k = 0;
    while (k < count - 1 && u >= cumulative[k]) {
      k++;
    }
    return successors[(language * settings.symbols() + symbol) * count + k];
  }
}
