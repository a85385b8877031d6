package io.evenkeel.bench;

import io.evenkeel.contract.error.ErrorId;

/** A measurement that cannot be taken here, for a reason that one line tells. */
public final class BenchException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With the error's id and remedy around the detail. */
  public BenchException(ErrorId error, String detail) {
    super(error.line(detail));
  }

  /** The line, with its EVK id. */
  public String line() {
    return String.valueOf(getMessage());
  }
}
