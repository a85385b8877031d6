package io.evenkeel.contract.wire;

import io.evenkeel.contract.error.ErrorId;

/** Bytes that are not a valid message. */
public final class WireException extends Exception {

  private static final long serialVersionUID = 1L;

  private final ErrorId errorId;

  WireException(ErrorId errorId, String message) {
    super(errorId.id() + ": " + message);
    this.errorId = errorId;
  }

  /** Why, from the catalogue. */
  public ErrorId errorId() {
    return errorId;
  }
}
