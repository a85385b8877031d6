package io.evenkeel.contract.run;

/** The life of a run as its trainer tells it. */
public enum RunStatus {
  RUNNING,
  FINISHED,
  FAILED
}
