package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.Tensor;

/**
 * One tensor that AdamW updates, with its moments; all of one shape.
 *
 * @param parameter W
 * @param gradient g before clipping; read only
 * @param firstMoment m
 * @param secondMoment v
 * @param decay whether weight decay applies
 * @param learningRateFactor factor of the step's learning rate for this tensor, positive; also in
 *     its weight decay
 */
public record AdamWSlot(
    Tensor parameter,
    Tensor gradient,
    Tensor firstMoment,
    Tensor secondMoment,
    Decay decay,
    double learningRateFactor) {
  /** Whether weight decay applies. */
  public enum Decay {
    /** Matrices. */
    DECAYED,
    /** Gains. */
    NOT_DECAYED
  }

  /** Checks shapes and range. */
  public AdamWSlot {
    ShapeChecks.same("adamW", parameter, gradient, firstMoment, secondMoment);
    if (!(learningRateFactor > 0)) {
      throw new IllegalArgumentException(
          "a learning-rate factor must be positive, not " + learningRateFactor);
    }
  }
}
