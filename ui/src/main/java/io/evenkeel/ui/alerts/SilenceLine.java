package io.evenkeel.ui.alerts;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A silence.
 *
 * @param id id
 * @param matchers all of them must hold; text from outside
 * @param startsAt from
 * @param endsAt until, not included
 * @param reason why; text from outside
 * @param creator who asked for it
 * @param createdAt when
 * @param endedBy who ended it before its time; empty if nobody
 */
public record SilenceLine(
    String id,
    List<String> matchers,
    @Nullable Instant startsAt,
    @Nullable Instant endsAt,
    String reason,
    String creator,
    @Nullable Instant createdAt,
    String endedBy) {

  /** Whether it holds. */
  public enum Standing {
    ACTIVE,
    TO_COME,
    OVER
  }

  /** Copies. */
  public SilenceLine {
    matchers = List.copyOf(matchers);
  }

  /** Whether it holds at a time. */
  public Standing standing(Instant now) {
    if (!endedBy.isEmpty() || endsAt == null || !endsAt.isAfter(now)) {
      return Standing.OVER;
    }
    return startsAt != null && startsAt.isAfter(now) ? Standing.TO_COME : Standing.ACTIVE;
  }
}
