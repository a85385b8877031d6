package io.evenkeel.contract.run;

/** What a knob does when the controller's lease lapses. */
public enum Fallback {
  /** Keep the last value. */
  HOLD,
  /** Return to the baseline schedule. */
  BASELINE
}
