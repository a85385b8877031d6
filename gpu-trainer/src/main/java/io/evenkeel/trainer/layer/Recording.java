package io.evenkeel.trainer.layer;

/** What becomes of the gradient statistics of a backward pass. */
public enum Recording {
  /** They are the step's. */
  KEEP,
  /** They are thrown away: another pass gives the step's. */
  DISCARD
}
