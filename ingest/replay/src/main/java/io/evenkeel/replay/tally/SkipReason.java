package io.evenkeel.replay.tally;

import io.evenkeel.contract.error.ErrorId;
import java.util.Optional;

/** Why something of a log was left out. */
public enum SkipReason {
  /** A line or record that makes no sense. */
  UNREADABLE("unreadable", ErrorId.REPLAY_RECORD),
  /** A record whose checksum does not hold. */
  DAMAGED("damaged", ErrorId.REPLAY_CHECKSUM),
  /** A line or record longer than is accepted. */
  TOO_LONG("too_long", ErrorId.REPLAY_RECORD),
  /** A line of another run than the first line's. */
  OTHER_RUN("other_run", ErrorId.REPLAY_RECORD),
  /** A metric given twice for a step: the last value counts. */
  REPEATED("repeated", null),
  /** A histogram, image, text or other value that is no scalar. */
  NO_SCALAR("no_scalar", null),
  /** A curve over samples or tokens: its "step" is none. */
  NOT_BY_STEP("not_by_step", null),
  /** The file ends within a record: its writer may still be at it. */
  UNFINISHED("unfinished", null);

  private final String id;
  private final @org.jspecify.annotations.Nullable ErrorId errorId;

  SkipReason(String id, @org.jspecify.annotations.Nullable ErrorId errorId) {
    this.id = id;
    this.errorId = errorId;
  }

  /** Its name in reports. */
  public String id() {
    return id;
  }

  /** The error that it is; empty for what is as it should be. */
  public Optional<ErrorId> errorId() {
    return Optional.ofNullable(errorId);
  }
}
