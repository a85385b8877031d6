package io.evenkeel.alerting.route;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When a group's next notice is due. */
public final class Cadence {

  /** News that is silenced or inhibited is looked at again after so long, at the latest. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  private Cadence() {}

  /**
   * Where a group stands.
   *
   * @param toldAt when the last notice was made; empty if there was none
   * @param newsSince since when something untold waits that may be told; empty if nothing does
   * @param muted whether something untold waits that is silenced or inhibited
   * @param fires whether something told still fires
   */
  public record Standing(
      Optional<Instant> toldAt, Optional<Instant> newsSince, boolean muted, boolean fires) {}

  /** The earliest that news may be told. */
  public static Instant newsDue(Timing timing, Optional<Instant> toldAt, Instant newsSince) {
    Instant waited = newsSince.plus(timing.groupWait());
    Instant spaced = toldAt.map(at -> at.plus(timing.groupInterval())).orElse(waited);
    return spaced.isAfter(waited) ? spaced : waited;
  }

  /** Whether what still fires is to be told again. */
  public static boolean repeats(Timing timing, Optional<Instant> toldAt, Instant now) {
    return toldAt.isPresent()
        && timing
            .repeatInterval()
            .map(every -> !toldAt.get().plus(every).isAfter(now))
            .orElse(false);
  }

  /** When to look at a group that has just been looked at; empty: when something comes. */
  public static Optional<Instant> next(Timing timing, Standing standing, Instant now) {
    Optional<Instant> next =
        standing.newsSince().map(since -> newsDue(timing, standing.toldAt(), since));
    if (standing.muted()) {
      next = earlier(next, Optional.of(now.plus(LOOK_AGAIN)));
    }
    if (standing.fires()) {
      next =
          earlier(
              next,
              timing.repeatInterval().map(every -> standing.toldAt().orElse(now).plus(every)));
    }
    return next;
  }

  private static Optional<Instant> earlier(Optional<Instant> a, Optional<Instant> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.or(() -> b);
    }
    return a.get().isBefore(b.get()) ? a : b;
  }
}
