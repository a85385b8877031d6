package io.evenkeel.gym.play;

/** Whether Evenkeel steers a run. */
public enum Hand {
  /** It watches and steers, in mode auto with default settings. */
  ON,
  /** Nobody watches. */
  OFF
}
