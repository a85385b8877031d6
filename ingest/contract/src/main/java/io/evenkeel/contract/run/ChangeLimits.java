package io.evenkeel.contract.run;

import io.evenkeel.contract.error.ErrorId;
import java.util.Locale;
import java.util.Optional;

/**
 * How far one change of a knob may go. The controller judges by it, and whoever asks can be told
 * beforehand what the controller will say.
 *
 * @param minimum least value
 * @param maximum largest value
 * @param maxFactor largest factor of one change, above 1
 */
public record ChangeLimits(double minimum, double maximum, double maxFactor) {

  // A hair: a value typed with fewer digits than the one in force must not be refused.
  private static final double TOLERANCE = 1e-9;

  /**
   * A limit that a wanted value does not keep.
   *
   * @param errorId id of the catalogue
   * @param reason a sentence for people
   */
  public record Broken(ErrorId errorId, String reason) {}

  /** The limits that a knob declares. */
  public static ChangeLimits of(KnobDeclaration declared) {
    return new ChangeLimits(declared.minimum(), declared.maximum(), declared.maxFactor());
  }

  /**
   * What is wrong with a change, if anything.
   *
   * @param now value in force; NaN if unknown, which any factor reaches
   * @param wanted value wanted, finite
   */
  public Optional<Broken> check(double now, double wanted) {
    if (wanted < minimum || wanted > maximum) {
      return Optional.of(
          new Broken(
              ErrorId.KNOB_BOUNDS,
              "%s lies outside [%s, %s]."
                  .formatted(number(wanted), number(minimum), number(maximum))));
    }
    if (nearest(now, wanted) != wanted) {
      return Optional.of(
          new Broken(
              ErrorId.KNOB_FACTOR,
              "From %s to %s is more than the largest factor of %s."
                  .formatted(number(now), number(wanted), number(maxFactor))));
    }
    return Optional.empty();
  }

  /** The value nearest to {@code wanted} that one change may reach; from or to zero any. */
  public double nearest(double now, double wanted) {
    if (!Double.isFinite(now) || now == 0 || wanted == 0 || now < 0 != wanted < 0) {
      return wanted;
    }
    double near = Math.abs(now) / maxFactor;
    double far = Math.abs(now) * maxFactor;
    double size = Math.abs(wanted);
    double limited =
        size < near * (1 - TOLERANCE) ? near : size > far * (1 + TOLERANCE) ? far : size;
    return Math.copySign(limited, wanted);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
