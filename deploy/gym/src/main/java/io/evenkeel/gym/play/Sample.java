package io.evenkeel.gym.play;

import io.evenkeel.gym.scenario.BandSignal;
import java.util.Map;

/**
 * What was seen of a step.
 *
 * @param tick steps trained before it in the whole run, those rolled back included
 * @param incarnation of the run
 * @param step its index
 * @param loss language-model loss, nats
 * @param signals those measured
 * @param knobs in force
 */
public record Sample(
    long tick,
    int incarnation,
    long step,
    double loss,
    Map<BandSignal, Double> signals,
    Map<String, Double> knobs) {
  /** Copies. */
  public Sample {
    signals = Map.copyOf(signals);
    knobs = Map.copyOf(knobs);
  }
}
