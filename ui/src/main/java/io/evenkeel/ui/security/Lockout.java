package io.evenkeel.ui.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Holds up those who guess: after a few failures a name, and an address, must wait, twice as long
 * after each further one, up to a bound. Names that nobody has wait as well, so that a wait tells
 * nothing. An address from which an account has logged in before keeps its own count, so that a
 * stranger's guesses do not lock the owner out. Bounded, the longest unused given up first; kept in
 * memory, and recalled from the activity log after a restart ({@link PastFailures}). Thread-safe.
 */
@Component
public class Lockout {
  static final int FREE_OF_A_NAME = 5;
  static final int FREE_OF_AN_ADDRESS = 20;
  static final Duration LONGEST_OF_A_NAME = Duration.ofMinutes(5);
  static final Duration LONGEST_OF_AN_ADDRESS = Duration.ofMinutes(15);

  static final Duration FORGOTTEN = Duration.ofHours(1);
  private static final int MOST = 20_000;

  private final Clock clock;
  private final Map<String, Failures> failures = bounded();
  private final Map<String, Boolean> known = bounded();

  private record Failures(int count, Instant last, Instant until) {}

  /** Nobody waits yet. */
  public Lockout(Clock clock) {
    this.clock = clock;
  }

  /**
   * An attempt begins. It counts as failed until {@link #succeeded} says otherwise, so that many at
   * once get no more than one after the other.
   *
   * @return how long this name or address must wait; zero when the attempt may go on. One that must
   *     wait does not count
   */
  synchronized Duration begin(String name, String address) {
    Instant now = clock.instant();
    String byName = nameKey(name, address);
    String byAddress = addressKey(address);
    Duration wait = longer(wait(byName, now), wait(byAddress, now));
    if (wait.isZero()) {
      count(byName, FREE_OF_A_NAME, LONGEST_OF_A_NAME, now);
      count(byAddress, FREE_OF_AN_ADDRESS, LONGEST_OF_AN_ADDRESS, now);
    }
    return wait;
  }

  /** An attempt of an earlier process had failed. */
  synchronized void recall(String name, String address, Instant at) {
    count(nameKey(name, address), FREE_OF_A_NAME, LONGEST_OF_A_NAME, at);
    count(addressKey(address), FREE_OF_AN_ADDRESS, LONGEST_OF_AN_ADDRESS, at);
  }

  /** The attempt was good. */
  synchronized void succeeded(String name, String address) {
    failures.remove(nameKey(name, address));
    known.put(pair(name, address), Boolean.TRUE);
    // The address may be that of many: only what this attempt counted is taken back.
    failures.computeIfPresent(
        addressKey(address),
        (key, before) ->
            before.count() <= 1
                ? null
                : new Failures(before.count() - 1, before.last(), before.last()));
  }

  /** An admin has given the account a new password: nobody waits for it any more. */
  synchronized void forgive(String name) {
    failures.keySet().removeIf(key -> key.startsWith(nameStart(name)));
  }

  private Duration wait(String key, Instant now) {
    Failures before = failures.get(key);
    return before == null || !now.isBefore(before.until())
        ? Duration.ZERO
        : Duration.between(now, before.until());
  }

  private void count(String key, int free, Duration longest, Instant now) {
    Failures before = failures.get(key);
    int count =
        before == null || now.isAfter(before.last().plus(FORGOTTEN)) ? 1 : before.count() + 1;
    Duration wait =
        count < free
            ? Duration.ZERO
            : longest.compareTo(Duration.ofSeconds(1L << Math.min(count - free, 20))) < 0
                ? longest
                : Duration.ofSeconds(1L << Math.min(count - free, 20));
    failures.put(key, new Failures(count, now, now.plus(wait)));
  }

  private String nameKey(String name, String address) {
    return known.containsKey(pair(name, address)) ? nameStart(name) + address : nameStart(name);
  }

  private static String nameStart(String name) {
    return "name\n" + name + "\n";
  }

  private static String addressKey(String address) {
    return "address\n" + address;
  }

  private static String pair(String name, String address) {
    return name + "\n" + address;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static <V> Map<String, V> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MOST;
      }
    };
  }
}
