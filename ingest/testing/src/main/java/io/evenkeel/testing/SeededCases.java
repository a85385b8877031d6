package io.evenkeel.testing;

import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Checks a property over fixed seeds, the same on every machine, and one fresh seed a run. The
 * failure names its seed; {@code -Devenkeel.seed=SEED} or the environment variable {@code
 * EVENKEEL_SEED=SEED} runs that seed alone.
 *
 * <pre>{@code
 * SeededCases.forEach(100, random -> {
 *   long[] load = anyLoad(random);
 *   assertThat(maxViolation(load)).isNotNegative();
 * });
 * }</pre>
 */
public final class SeededCases {

  /** System property that replays one seed. */
  public static final String PROPERTY = "evenkeel.seed";

  /** Environment variable that replays one seed; the system property goes first. */
  public static final String VARIABLE = "EVENKEEL_SEED";

  private SeededCases() {}

  /** What must hold for every generator. */
  @FunctionalInterface
  public interface Property {

    /**
     * Checks one case.
     *
     * @param random the only source of chance that the case may use
     * @throws Exception when the property does not hold
     */
    void check(RandomGenerator random) throws Exception;
  }

  /**
   * Checks {@code cases} fixed seeds, then one fresh one.
   *
   * @param cases fixed seeds, &gt;= 1
   * @throws AssertionError naming the seed, with the failure as its cause
   */
  public static void forEach(int cases, Property property) {
    if (cases < 1) {
      throw new IllegalArgumentException("cases must be at least 1");
    }
    String replay = System.getProperty(PROPERTY, System.getenv().getOrDefault(VARIABLE, ""));
    if (!replay.isBlank()) {
      check(Long.parseLong(replay.strip()), property);
      return;
    }
    for (long seed = 0; seed < cases; seed++) {
      check(seed, property);
    }
    check(new SecureRandom().nextLong(), property);
  }

  // A failing case may throw anything, assertion errors above all.
  @SuppressWarnings("CatchingUnchecked")
  private static void check(long seed, Property property) {
    try {
      property.check(new SplittableRandom(seed));
    } catch (Exception | AssertionError | StackOverflowError e) {
      String where =
          "seed %d (replay: -D%s=%d or %s=%d)".formatted(seed, PROPERTY, seed, VARIABLE, seed);
      System.err.println("SeededCases: property failed with " + where);
      throw new AssertionError("Property failed with " + where + ": " + e, e);
    }
  }
}
