package io.evenkeel.trainer.checkpoint;

import java.io.IOException;

/** A checkpoint that is damaged or belongs to another model. */
public final class CheckpointException extends IOException {
  private static final long serialVersionUID = 1L;

  CheckpointException(String message) {
    super(message);
  }
}
