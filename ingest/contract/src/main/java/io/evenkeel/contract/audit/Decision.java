package io.evenkeel.contract.audit;

/** What the controller decided. */
public enum Decision {
  /** A command went out. */
  ACTED,
  /** Mode advise: waits for a person. */
  PROPOSED,
  /** Mode observe: it would have acted. */
  OBSERVED,
  /** The policy wanted to act, the guard said no. */
  BLOCKED,
  /** An operator's request was refused. */
  REFUSED,
  /** A mode, a hold or the kill switch changed. */
  CHANGED,
  /** The effect was judged: kept or undone. */
  REVIEWED
}
