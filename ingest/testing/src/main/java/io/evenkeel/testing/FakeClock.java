package io.evenkeel.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. Thread-safe. */
public final class FakeClock extends Clock {

  private final AtomicReference<Instant> now;
  private final ZoneId zone;

  /** Stands at {@code start}, UTC. */
  public FakeClock(Instant start) {
    this(new AtomicReference<>(start), ZoneOffset.UTC);
  }

  private FakeClock(AtomicReference<Instant> now, ZoneId zone) {
    this.now = now;
    this.zone = zone;
  }

  /** Stands at 2026-01-01T00:00:00Z. */
  public static FakeClock atNewYear() {
    return new FakeClock(Instant.parse("2026-01-01T00:00:00Z"));
  }

  /** Moves by {@code step}, which may be negative, and returns the new time. */
  public Instant advance(Duration step) {
    return Objects.requireNonNull(now.updateAndGet(instant -> instant.plus(step)));
  }

  /** Jumps to {@code instant}. */
  public void set(Instant instant) {
    now.set(instant);
  }

  @Override
  public Instant instant() {
    return Objects.requireNonNull(now.get());
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  /** A view of the same clock in another zone: it moves together with this one. */
  @Override
  public Clock withZone(ZoneId other) {
    return new FakeClock(now, other);
  }
}
