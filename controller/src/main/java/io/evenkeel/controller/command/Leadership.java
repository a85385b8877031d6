package io.evenkeel.controller.command;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether this controller may command a run, and in which epoch.
 *
 * <p>The order of the commands topic decides, not a clock and not the consumer group alone: who
 * wants to lead writes a lease with an epoch one above all it has seen, and leads once it reads
 * that lease back as the first record of that epoch. So no two controllers ever hold one epoch, and
 * whoever reads a higher one knows that it has been replaced.
 */
public final class Leadership {

  private static final Duration CLAIM_AGAIN = Duration.ofSeconds(1);

  /** Longer than the consumer group needs to tell a replaced controller so. */
  private static final Duration AFTER_LOSS = Duration.ofSeconds(15);

  private final String instance;
  private long claimed;
  private Instant claimedAt = Instant.MIN;
  private boolean confirmed;
  private @Nullable Instant lostAt;

  /**
   * Leads nothing yet.
   *
   * @param instance name of this controller process, unique over restarts
   */
  public Leadership(String instance) {
    this.instance = instance;
  }

  /** Who claims: the origin of this controller's leases. */
  public String instance() {
    return instance;
  }

  /** The epoch that this controller holds; empty unless the log confirms it. */
  public OptionalLong held(CommandLedger ledger) {
    return claimed > 0 && ledger.highestEpoch() == claimed && ledger.epochHolder().equals(instance)
        ? OptionalLong.of(claimed)
        : OptionalLong.empty();
  }

  /**
   * The epoch to claim now; empty while the epoch is held or a claim is on its way.
   *
   * @param ledger the run's commands, read up to its present end
   * @param now wall time
   */
  public OptionalLong claim(CommandLedger ledger, Instant now) {
    if (held(ledger).isPresent()) {
      confirmed = true;
      lostAt = null;
      return OptionalLong.empty();
    }
    if (confirmed && lostAt == null) {
      lostAt = now;
    }
    // Two that both believe to own a run would otherwise claim it from each other for ever.
    boolean yields = lostAt != null && now.isBefore(lostAt.plus(AFTER_LOSS));
    boolean underWay = claimed > ledger.highestEpoch() && now.isBefore(claimedAt.plus(CLAIM_AGAIN));
    if (yields || underWay) {
      return OptionalLong.empty();
    }
    claimed = Math.max(claimed, ledger.highestEpoch() + 1);
    if (ledger.highestEpoch() >= claimed) {
      claimed = ledger.highestEpoch() + 1;
    }
    claimedAt = now;
    return OptionalLong.of(claimed);
  }

  /** Gives the run up. */
  public void release() {
    claimed = 0;
    claimedAt = Instant.MIN;
    confirmed = false;
    lostAt = null;
  }
}
