package io.evenkeel.trainer.optim;

/**
 * The learning rate over a run, as a share of its peak: a linear warm-up, then a course.
 *
 * @param warmUpSteps w, steps of the warm-up; step s has the share (s+1)/w; at least 0
 * @param course after the warm-up
 * @param horizon H, steps over which a course that falls does so, at least 1; fixed, so that a run
 *     that is stopped early or goes on for longer follows the same course
 */
public record LearningRateSchedule(long warmUpSteps, Course course, long horizon) {
  /** Checks the ranges. */
  public LearningRateSchedule {
    if (warmUpSteps < 0 || horizon < 1) {
      throw new IllegalArgumentException("needs warm_up_steps >= 0 and steps >= 1");
    }
  }

  /** A warm-up, then the peak for ever. */
  public static LearningRateSchedule constant(long warmUpSteps) {
    return new LearningRateSchedule(warmUpSteps, new Constant(), 1);
  }

  /** What follows the warm-up. */
  public sealed interface Course {
    /** The share at a step that is past the warm-up. */
    double share(long step, long warmUpSteps, long horizon);
  }

  /** The peak for ever. */
  public record Constant() implements Course {
    @Override
    public double share(long step, long warmUpSteps, long horizon) {
      return 1;
    }
  }

  /**
   * Half a cosine from the peak, at the end of the warm-up, to the floor, at step H-1 and after:
   * {@code floor + (1-floor) (1 + cos(pi p)) / 2}. Source: Loshchilov and Hutter 2017, "SGDR", eq.
   * 5, without restarts.
   *
   * @param floor share of the peak, in [0, 1]
   */
  public record Cosine(double floor) implements Course {
    /** Checks the floor. */
    public Cosine {
      requireFloor(floor);
    }

    @Override
    public double share(long step, long warmUpSteps, long horizon) {
      double progress = (double) (step - warmUpSteps) / Math.max(1, horizon - 1 - warmUpSteps);
      return floor + (1 - floor) * (1 + Math.cos(Math.PI * Math.clamp(progress, 0, 1))) / 2;
    }
  }

  /**
   * The peak, and over the last steps a straight line to the floor, which step H-1 and later ones
   * have (warm-up, stable, decay). Source: Hu et al. 2024, "MiniCPM", section 4.
   *
   * @param floor share of the peak, in [0, 1]
   * @param decayShare share of H over which it falls, in (0, 1]
   */
  public record ConstantWithDecay(double floor, double decayShare) implements Course {
    /** Checks the shares. */
    public ConstantWithDecay {
      requireFloor(floor);
      if (!(decayShare > 0 && decayShare <= 1)) {
        throw new IllegalArgumentException("needs decay_share in (0, 1]");
      }
    }

    @Override
    public double share(long step, long warmUpSteps, long horizon) {
      long falling = Math.max(1, Math.round(decayShare * horizon));
      long fallen = Math.clamp(step - (horizon - falling) + 1, 0, falling);
      return 1 - (1 - floor) * fallen / falling;
    }
  }

  private static void requireFloor(double floor) {
    if (!(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException("needs floor in [0, 1]");
    }
  }

  /**
   * Share of the peak at a step.
   *
   * @param step at least 0
   * @return in [0, 1]
   */
  public double share(long step) {
    return step < warmUpSteps
        ? (step + 1.0) / warmUpSteps
        : course.share(step, warmUpSteps, horizon);
  }
}
