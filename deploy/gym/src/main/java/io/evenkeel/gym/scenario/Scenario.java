package io.evenkeel.gym.scenario;

import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.fault.FaultPlan;

/**
 * A run to play.
 *
 * @param name unique
 * @param why what it is to show
 * @param healthy the run without what goes wrong
 * @param faults what goes wrong
 * @param ranks data-parallel replicas
 * @param onset first step at which what goes wrong can be seen; the last step if nothing does
 * @param until last step of its consequences: an alert that begins later is false
 * @param outage when the controller is killed
 * @param expected what must come of it
 */
public record Scenario(
    String name,
    String why,
    TrainerConfig healthy,
    FaultPlan faults,
    int ranks,
    long onset,
    long until,
    Outage outage,
    Expected expected) {

  /** Whether nothing goes wrong. */
  public boolean isHealthy() {
    return faults.faults().isEmpty();
  }

  /** Steps to train. */
  public long steps() {
    return healthy.training().steps();
  }

  /** The healthy configuration with a seed for weights and data. */
  public TrainerConfig healthy(long seed) {
    TrainerConfig.Training course = healthy.training();
    return healthy.withTraining(
        new TrainerConfig.Training(
            course.steps(),
            seed,
            course.progressEvery(),
            course.checkpointEvery(),
            course.probeEvery(),
            course.exactEvery(),
            0,
            course.leaseMillis()));
  }

  /** The configuration with what goes wrong. */
  public TrainerConfig faulty(long seed) {
    return healthy(seed).withFaults(faults);
  }
}
