package io.evenkeel.trainer.config;

import io.evenkeel.trainer.model.Initializer;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.optim.OptimizerSettings;
import java.util.Set;

/**
 * Everything that makes a run.
 *
 * @param name for people
 * @param model sizes and constants
 * @param initializer of the weights
 * @param sequences B
 * @param length S
 * @param accumulation A, batches that a rank adds up to one step, at least 1
 * @param optimizer AdamW, clipping and the bias update; the learning rate is that after the warm-up
 * @param warmUpSteps steps over which the learning rate rises from 0
 * @param alpha load-balance coefficient, the same in every layer
 * @param lambda hidden z-loss coefficient
 * @param training how long, and what besides
 */
public record TrainerConfig(
    String name,
    ModelConfig model,
    Initializer initializer,
    int sequences,
    int length,
    int accumulation,
    OptimizerSettings optimizer,
    int warmUpSteps,
    double alpha,
    double lambda,
    Training training) {
  /**
   * The course of training.
   *
   * @param steps to train
   * @param seed of weights and data
   * @param progressEvery steps between two lines on the terminal
   * @param checkpointEvery steps between two checkpoints
   * @param probeEvery steps between two probes of routers and experts on held-out text; 0: never
   * @param exactEvery steps between two exact measurements of R_g; 0: always by one pass
   * @param validationEvery steps between two measurements of the loss on held-out text; 0: at the
   *     end alone
   * @param leaseMillis how long commanded values hold without a renewal of the lease
   */
  public record Training(
      long steps,
      long seed,
      int progressEvery,
      int checkpointEvery,
      int probeEvery,
      int exactEvery,
      int validationEvery,
      int leaseMillis) {}

  /** Components on which the weights do not depend: two runs that differ in these are equal. */
  public static final Set<String> NOT_IN_THE_WEIGHTS =
      Set.of(
          "name",
          "model",
          "accumulation",
          "training.steps",
          "training.progressEvery",
          "training.checkpointEvery",
          "training.probeEvery",
          "training.exactEvery",
          "training.validationEvery",
          "training.leaseMillis");

  /** The same for another model. */
  public TrainerConfig withModel(ModelConfig other) {
    return new TrainerConfig(
        name,
        other,
        initializer,
        sequences,
        length,
        accumulation,
        optimizer,
        warmUpSteps,
        alpha,
        lambda,
        training);
  }

  /** The same with another course. */
  public TrainerConfig withTraining(Training other) {
    return new TrainerConfig(
        name,
        model,
        initializer,
        sequences,
        length,
        accumulation,
        optimizer,
        warmUpSteps,
        alpha,
        lambda,
        other);
  }

  /** The learning rate of a step before any scaling: a linear warm-up, then constant. */
  public double learningRate(long step) {
    double share = warmUpSteps == 0 ? 1 : Math.min(1, (step + 1.0) / warmUpSteps);
    return optimizer.learningRate() * share;
  }

  /** T = B*S, of one batch. */
  public int tokens() {
    return sequences * length;
  }
}
