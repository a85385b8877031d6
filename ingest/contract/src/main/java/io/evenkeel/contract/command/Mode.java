package io.evenkeel.contract.command;

/** How far the controller may go by itself. */
public enum Mode {
  /** Decides and logs, never acts. */
  OBSERVE,
  /** Waits for a person's approval. */
  ADVISE,
  /** Acts. */
  AUTO
}
