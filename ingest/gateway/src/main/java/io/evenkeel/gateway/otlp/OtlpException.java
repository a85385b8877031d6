package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.error.ErrorId;

/** An export that cannot be read at all. */
final class OtlpException extends Exception {

  private static final long serialVersionUID = 1L;

  private final ErrorId errorId;

  OtlpException(ErrorId errorId, String sentence) {
    super(sentence);
    this.errorId = errorId;
  }

  /** Why, from the catalogue: malformed or oversized. */
  ErrorId errorId() {
    return errorId;
  }
}
