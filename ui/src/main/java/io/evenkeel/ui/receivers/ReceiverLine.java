package io.evenkeel.ui.receivers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A channel of a receiver, and how it fares.
 *
 * @param id id of the channel
 * @param url its address as people may see it
 * @param configured whether it is in force; others are there for their history
 * @param disabledReason why it gets nothing any more; empty if it does
 * @param pending notices that wait
 * @param failedOfLate notices given up within a day
 * @param lastDeliveredAt within a day; null if none
 * @param lastError within a day, may be empty; text from outside
 * @param test the last test
 */
public record ReceiverLine(
    String id,
    String url,
    boolean configured,
    String disabledReason,
    int pending,
    int failedOfLate,
    @Nullable Instant lastDeliveredAt,
    String lastError,
    @Nullable Test test) {

  /**
   * A test.
   *
   * @param at when
   * @param taken whether it was taken
   * @param answer the receiver's answer; text from outside
   */
  public record Test(Instant at, boolean taken, String answer) {}

  /** How a channel fares. */
  public enum Health {
    GOOD,
    /** Notices wait or were given up of late, or the last test failed. */
    TROUBLED,
    /** It has answered that it wants nothing any more. */
    DISABLED,
    /** It is in force, and nothing has been delivered within a day. */
    QUIET,
    /** It is not in force. */
    REMOVED
  }

  /** How it fares. */
  public Health health() {
    if (!configured) {
      return Health.REMOVED;
    }
    if (!disabledReason.isEmpty()) {
      return Health.DISABLED;
    }
    boolean refusedTest = test != null && !test.taken();
    boolean told = lastDeliveredAt != null || test != null;
    if (failedOfLate > 0 || pending > 0 && !lastError.isEmpty() || refusedTest) {
      return Health.TROUBLED;
    }
    return told ? Health.GOOD : Health.QUIET;
  }

  /** The receiver's name, as the configuration has it; what a test is asked for by. */
  public String receiver() {
    int slash = id.indexOf('/');
    return slash < 0 ? id : id.substring(0, slash);
  }

  /** What kind of channel it is. */
  public String kind() {
    String own = id.substring(id.indexOf('/') + 1);
    int dash = own.lastIndexOf('-');
    return dash < 0 ? own : own.substring(0, dash);
  }
}
