package io.evenkeel.ui.security;

import io.evenkeel.ui.problem.Refusal;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * How often a token may ask, and how often an address may come with one that is unknown. Holds a
 * bounded number of both, the longest unused given up first. Thread-safe.
 */
@Component
class RequestRates {
  private static final int BURST_SECONDS = 4;
  private static final int WRONG_TOKENS_A_MINUTE = 30;
  private static final int MOST = 10_000;

  private final int perSecond;
  private final Map<String, Bucket> tokens = bounded();
  private final Map<String, Bucket> addresses = bounded();

  RequestRates(@Value("${evenkeel.ui.api-requests-per-second:50}") int perSecond) {
    this.perSecond = perSecond;
  }

  /**
   * Counts a request.
   *
   * @throws Refusal 429 if the token has asked too often
   */
  void admit(ApiToken token) {
    var probe = tokenBucket(token.name()).tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw Refusal.tooOften(
          "The token may ask " + perSecond + " times a second.",
          Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
  }

  /**
   * An unknown token came from this address. Good tokens from there are not held up.
   *
   * @throws Refusal 429 if there were too many
   */
  void stranger(String address) {
    Bucket bucket;
    synchronized (addresses) {
      bucket =
          addresses.computeIfAbsent(
              address, name -> bucket(WRONG_TOKENS_A_MINUTE, Duration.ofMinutes(1)));
    }
    var probe = bucket.tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw Refusal.tooOften(
          "Too many unknown tokens have come from this address.",
          Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
  }

  private Bucket tokenBucket(String token) {
    synchronized (tokens) {
      return tokens.computeIfAbsent(
          token,
          name -> bucket(BURST_SECONDS * (long) perSecond, Duration.ofSeconds(BURST_SECONDS)));
    }
  }

  private static Bucket bucket(long capacity, Duration refill) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(capacity).refillGreedy(capacity, refill))
        .build();
  }

  private static Map<String, Bucket> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
        return size() > MOST;
      }
    };
  }
}
