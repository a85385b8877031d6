package io.evenkeel.controller.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A schedule along which mu falls from its baseline to a floor while a run is settled. It keeps no
 * clock: how far it has come is read off mu itself, so that steps in which the schedule was held do
 * not count, and a controller that takes over knows where it stands. Page:
 * docs/maths/expert-bias-mu.md.
 *
 * @param shape of the fall
 * @param horizonSteps settled steps from the baseline to the floor, at least 1
 * @param floorShare where it ends, as a share of the baseline, in (0, 1)
 * @param pieces of {@link Shape#PIECEWISE} alone: corners between the start (0, 1) and the end (1,
 *     floorShare), ascending in progress, descending in share: no stretch is level, for how far it
 *     had come could not be read off mu there
 */
public record MuDecay(Shape shape, long horizonSteps, double floorShare, List<Corner> pieces) {

  /** How mu falls. */
  public enum Shape {
    /** Slowly at both ends: half a period of a cosine. */
    COSINE,
    /** By the same factor in the same time. */
    EXPONENTIAL,
    /** Fast at first, with a long tail. */
    INVERSE_SQUARE_ROOT,
    /** Straight from corner to corner. */
    PIECEWISE
  }

  /**
   * A corner.
   *
   * @param progress share of the horizon, in (0, 1)
   * @param share of the baseline there
   */
  public record Corner(double progress, double share) {}

  /** By half every 200 settled steps, down to a tenth. */
  public static final MuDecay DEFAULT = new MuDecay(Shape.EXPONENTIAL, 664, 0.1, List.of());

  private static final int HALVINGS = 60;

  /** Validates. */
  public MuDecay {
    pieces = List.copyOf(pieces);
    if (horizonSteps < 1 || !(floorShare > 0 && floorShare < 1)) {
      throw new IllegalArgumentException("horizonSteps must be at least 1, floorShare in (0, 1)");
    }
    if (shape != Shape.PIECEWISE && !pieces.isEmpty()) {
      throw new IllegalArgumentException(shape + " has no corners");
    }
    Corner before = new Corner(0, 1);
    for (Corner corner : pieces) {
      boolean falls =
          corner.progress() > before.progress()
              && corner.progress() < 1
              && corner.share() < before.share()
              && corner.share() > floorShare;
      if (!falls) {
        throw new IllegalArgumentException("corners must go on and fall: " + corner);
      }
      before = corner;
    }
  }

  /**
   * Reads {@code SHAPE:HORIZON[:FLOOR[:PROGRESS=SHARE,...]]}, such as {@code cosine:2000:0.1} or
   * {@code piecewise:2000:0.1:0.3=0.9,0.6=0.4}.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static MuDecay parse(String text) {
    String[] parts = text.trim().split(":", 4);
    if (parts.length < 2) {
      throw new IllegalArgumentException("'" + text + "' is not SHAPE:HORIZON[:FLOOR[:CORNERS]]");
    }
    try {
      Shape shape = Shape.valueOf(parts[0].toUpperCase(Locale.ROOT).replace('-', '_'));
      double floor = parts.length > 2 ? Double.parseDouble(parts[2]) : DEFAULT.floorShare();
      List<Corner> corners =
          parts.length < 4
              ? List.of()
              : Arrays.stream(parts[3].split(",")).map(MuDecay::corner).toList();
      return new MuDecay(shape, Long.parseLong(parts[1]), floor, corners);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "': " + e.getMessage(), e);
    }
  }

  private static Corner corner(String text) {
    int sign = text.indexOf('=');
    if (sign < 0) {
      throw new IllegalArgumentException("'" + text + "' is not PROGRESS=SHARE");
    }
    return new Corner(
        Double.parseDouble(text.substring(0, sign)), Double.parseDouble(text.substring(sign + 1)));
  }

  /**
   * The share of the baseline that is left.
   *
   * @param progress share of the horizon, cut to [0, 1]
   * @return 1 at 0, {@code floorShare} at 1, never rising between
   */
  public double share(double progress) {
    double p = Math.clamp(progress, 0, 1);
    return switch (shape) {
      case COSINE -> floorShare + (1 - floorShare) * (1 + Math.cos(Math.PI * p)) / 2;
      case EXPONENTIAL -> Math.pow(floorShare, p);
      case INVERSE_SQUARE_ROOT -> 1 / Math.sqrt(1 + p * (1 / (floorShare * floorShare) - 1));
      case PIECEWISE -> straight(p);
    };
  }

  private double straight(double progress) {
    Corner from = new Corner(0, 1);
    for (Corner corner : pieces) {
      if (progress < corner.progress()) {
        return between(from, corner, progress);
      }
      from = corner;
    }
    return between(from, new Corner(1, floorShare), progress);
  }

  private static double between(Corner from, Corner to, double progress) {
    double part = (progress - from.progress()) / (to.progress() - from.progress());
    return from.share() + part * (to.share() - from.share());
  }

  /**
   * How far along a share lies.
   *
   * @param share of the baseline; above 1 is the start, under the floor the end
   */
  public double progress(double share) {
    if (share <= floorShare) {
      return 1;
    }
    double low = 0;
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (share(middle) >= share) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * Where mu is after more settled steps; never above where it is.
   *
   * @param mu in force
   * @param baseline where the schedule begins
   */
  public double after(double mu, double baseline, long steps) {
    if (!(baseline > 0) || !(mu > 0)) {
      return mu;
    }
    double progress = progress(mu / baseline) + (double) steps / horizonSteps;
    return Math.min(mu, baseline * share(progress));
  }
}
