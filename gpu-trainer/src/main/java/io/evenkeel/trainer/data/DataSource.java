package io.evenkeel.trainer.data;

/** Where sequences come from: several domains, each with a part held out from training. */
public interface DataSource {
  /** Number of domains, at least 1. */
  int domains();

  /** Symbols are 0 to this less one: the least vocabulary that a model needs. */
  int symbols();

  /**
   * Batches of this data.
   *
   * @throws IllegalArgumentException when the data cannot give such batches, or the mix is of
   *     another number of domains
   */
  Batches batches(Drawing drawing, Mix mix);

  /** Batches with all domains equally likely. */
  default Batches batches(Drawing drawing) {
    return batches(drawing, Mix.uniform(domains()));
  }

  /** Checks that a mix is of these domains. */
  static void requireDomains(Mix mix, int domains) {
    if (mix.domains() != domains) {
      throw new IllegalArgumentException(
          "the data has " + domains + " domains, but the mix has " + mix.domains() + " weights");
    }
  }
}
