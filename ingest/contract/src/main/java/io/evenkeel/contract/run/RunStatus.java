package io.evenkeel.contract.run;

/** The life of a run as its trainer tells it. */
public enum RunStatus {
  /** It trains. */
  RUNNING,
  /** It has come to its end, or was stopped. */
  FINISHED,
  /** It has died of an error. */
  FAILED,
  /** It trains no step until it is resumed, and then is {@link #RUNNING} again. */
  PAUSED;

  /** Whether more is to come of the run: it can be commanded, and may change its status. */
  public boolean isLive() {
    return this == RUNNING || this == PAUSED;
  }
}
