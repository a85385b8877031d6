package io.evenkeel.trainer.data;

/**
 * Settings of the synthetic languages.
 *
 * @param languages M, 1 to 256
 * @param symbols A of the shared alphabet, 2 to 4096
 * @param successors of a symbol, 1 to 16 and at most A
 * @param seed of the tables of successors
 */
public record Languages(int languages, int symbols, int successors, long seed)
    implements DataSettings {
  private static final int MOST_LANGUAGES = 256;
  private static final int MOST_SYMBOLS = 4096;
  private static final int MOST_SUCCESSORS = 16;

  /** Checks the ranges. */
  public Languages {
    boolean valid =
        languages >= 1
            && languages <= MOST_LANGUAGES
            && symbols >= 2
            && symbols <= MOST_SYMBOLS
            && successors >= 1
            && successors <= Math.min(symbols, MOST_SUCCESSORS);
    if (!valid) {
      throw new IllegalArgumentException(
          "needs 1 to 256 languages, 2 to 4096 symbols, and 1 to 16 successors, at most as many as symbols");
    }
  }

  @Override
  public DataSource open(int vocabulary) {
    return new LanguageSource(this);
  }
}
