package io.evenkeel.gym.play;

import io.evenkeel.trainer.config.TrainerConfig;

/**
 * A run to be played; equal plays give equal figures.
 *
 * @param config with its seed and faults
 * @param ranks data-parallel replicas
 * @param hand whether it is steered
 */
public record Play(TrainerConfig config, int ranks, Hand hand) {}
