package io.evenkeel.trainer.optim;

/**
 * Global norm of a gradient and the factor that clips it.
 *
 * @param norm L2 norm before clipping; NaN or infinite if an entry is
 * @param coefficient min(1, clip/(norm + 1e-6)); 1 when clip is 0 or less; NaN when the norm is
 */
public record GradientClip(double norm, double coefficient) {}
