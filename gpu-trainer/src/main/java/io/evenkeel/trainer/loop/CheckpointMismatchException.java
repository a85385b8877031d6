package io.evenkeel.trainer.loop;

import java.io.IOException;

/** A run's checkpoints are of another model than the one that is to be trained. */
public final class CheckpointMismatchException extends IOException {
  private static final long serialVersionUID = 1L;

  CheckpointMismatchException(String message) {
    super(message);
  }
}
