package io.evenkeel.ui.store;

/** The database knows no run of this id, or not yet. */
public final class NoSuchRun extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says which. */
  public NoSuchRun(String run) {
    super(run);
  }
}
