package io.evenkeel.trainer.loop;

/** A rank has failed with a checked exception, which is the cause. */
public final class RankException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RankException(Throwable cause) {
    super(cause);
  }
}
