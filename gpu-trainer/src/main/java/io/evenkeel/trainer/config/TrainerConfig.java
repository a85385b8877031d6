package io.evenkeel.trainer.config;

import io.evenkeel.trainer.data.DataSettings;
import io.evenkeel.trainer.fault.FaultPlan;
import io.evenkeel.trainer.model.Initializer;
import io.evenkeel.trainer.model.LatentAttention;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.optim.LearningRateSchedule;
import io.evenkeel.trainer.optim.OptimizerSettings;
import io.evenkeel.trainer.optim.WidthTransfer;
import java.util.Optional;
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
 * @param optimizer AdamW, clipping and the bias update; the learning rate is the schedule's peak
 * @param schedule of the learning rate
 * @param transfer of the learning rate from a proxy of another width
 * @param alpha load-balance coefficient, the same in every layer
 * @param lambda hidden z-loss coefficient
 * @param data to train on
 * @param faults on purpose
 * @param latentAttention of a model that can only be planned
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
    LearningRateSchedule schedule,
    WidthTransfer transfer,
    double alpha,
    double lambda,
    DataSettings data,
    FaultPlan faults,
    Optional<LatentAttention> latentAttention,
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
          "latentAttention",
          "training.steps",
          "training.progressEvery",
          "training.checkpointEvery",
          "training.probeEvery",
          "training.exactEvery",
          "training.validationEvery",
          "training.leaseMillis");

  /** The learning rate of a step before any scaling. */
  public double learningRate(long step) {
    return optimizer.learningRate() * schedule.share(step);
  }

  /** The same for another model. */
  public TrainerConfig withModel(ModelConfig other) {
    return with(other, faults, training);
  }

  /** The same with another course. */
  public TrainerConfig withTraining(Training other) {
    return with(model, faults, other);
  }

  /** The same, with routers and experts never looked at on held-out text. */
  public TrainerConfig withoutProbes() {
    return withTraining(
        new Training(
            training.steps(),
            training.seed(),
            training.progressEvery(),
            training.checkpointEvery(),
            0,
            training.exactEvery(),
            training.validationEvery(),
            training.leaseMillis()));
  }

  /** The same with more faults, after its own. */
  public TrainerConfig withFaults(FaultPlan more) {
    return with(model, faults.and(more), training);
  }

  private TrainerConfig with(ModelConfig sizes, FaultPlan plan, Training course) {
    return new TrainerConfig(
        name,
        sizes,
        initializer,
        sequences,
        length,
        accumulation,
        optimizer,
        schedule,
        transfer,
        alpha,
        lambda,
        data,
        plan,
        latentAttention,
        course);
  }

  /** T = B*S, of one batch. */
  public int tokens() {
    return sequences * length;
  }
}
