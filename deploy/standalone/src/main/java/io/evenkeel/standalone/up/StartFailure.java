package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;

/** Why {@code ./evenkeel up} cannot start, as one line for a person. */
final class StartFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final ErrorId id;

  StartFailure(ErrorId id, String detail) {
    super(id.line(detail));
    this.id = id;
  }

  ErrorId id() {
    return id;
  }
}
