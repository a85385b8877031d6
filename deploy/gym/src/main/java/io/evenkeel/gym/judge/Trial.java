package io.evenkeel.gym.judge;

import io.evenkeel.gym.play.Played;

/**
 * One scenario and seed, played three times.
 *
 * @param controlled with what goes wrong and Evenkeel's hand
 * @param uncontrolled without the hand
 * @param healthy with nothing wrong and no hand
 */
public record Trial(Played controlled, Played uncontrolled, Played healthy) {}
