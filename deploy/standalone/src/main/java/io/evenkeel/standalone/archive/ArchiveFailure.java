package io.evenkeel.standalone.archive;

import io.evenkeel.contract.error.ErrorId;

/** Why a run cannot be exported or deleted, as one line for a person. */
final class ArchiveFailure extends Exception {
  private static final long serialVersionUID = 1L;

  ArchiveFailure(ErrorId id, String detail) {
    super(id.line(detail));
  }

  static ArchiveFailure unknown(String run) {
    return new ArchiveFailure(ErrorId.RUN_UNKNOWN, "There is no run " + run + ".");
  }
}
