package io.evenkeel.standalone.archive;

import io.evenkeel.contract.error.ErrorId;

/** Why a command cannot do with the store what it should, as one line for a person. */
public final class ArchiveFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** With an id, and a sentence that the id's remedy follows. */
  public ArchiveFailure(ErrorId id, String detail) {
    super(id.line(detail));
  }

  /** There is no such run. */
  public static ArchiveFailure unknown(String run) {
    return new ArchiveFailure(ErrorId.RUN_UNKNOWN, "There is no run " + run + ".");
  }
}
