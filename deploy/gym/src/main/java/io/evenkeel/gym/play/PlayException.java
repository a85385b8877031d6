package io.evenkeel.gym.play;

import io.evenkeel.contract.error.ErrorId;

/** A run that could not be played to its end. */
public final class PlayException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With the reason. */
  public PlayException(String detail) {
    super(ErrorId.GYM_RUN.line(detail));
  }

  /** The line, with its EVK id. */
  public String line() {
    return String.valueOf(getMessage());
  }
}
