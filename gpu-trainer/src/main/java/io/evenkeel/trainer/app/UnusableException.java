package io.evenkeel.trainer.app;

import io.evenkeel.contract.error.ErrorId;

/** What was asked for cannot be done here, for a reason that one line tells. */
final class UnusableException extends Exception {
  private static final long serialVersionUID = 1L;

  UnusableException(ErrorId error, String detail) {
    super(error.line(detail));
  }

  /** The line, with its EVK id. */
  String line() {
    return String.valueOf(getMessage());
  }
}
