package io.evenkeel.replay;

import io.evenkeel.contract.error.ErrorId;

/** A log that cannot be replayed. */
public final class ReplayException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ErrorId errorId;

  /**
   * A failure.
   *
   * @param errorId its id
   * @param detail a sentence for people
   */
  public ReplayException(ErrorId errorId, String detail) {
    super(detail);
    this.errorId = errorId;
  }

  /** Its id. */
  public ErrorId errorId() {
    return errorId;
  }
}
