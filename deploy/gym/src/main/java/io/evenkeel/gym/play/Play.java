package io.evenkeel.gym.play;

import io.evenkeel.gym.scenario.Outage;
import io.evenkeel.trainer.config.TrainerConfig;

/**
 * A run to be played; equal plays give equal figures.
 *
 * @param config with its seed and faults
 * @param ranks data-parallel replicas
 * @param hand whether it is steered
 * @param outage when who steers is killed
 */
public record Play(TrainerConfig config, int ranks, Hand hand, Outage outage) {

  /** A run that nobody watches. */
  public static Play unwatched(TrainerConfig config, int ranks) {
    return new Play(config, ranks, Hand.OFF, Outage.NONE);
  }
}
