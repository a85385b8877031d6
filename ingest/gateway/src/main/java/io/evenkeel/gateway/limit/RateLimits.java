package io.evenkeel.gateway.limit;

import io.evenkeel.gateway.problem.GatewayException;
import io.evenkeel.gateway.token.Caller;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Records and bytes a second of each token. What a request costs is known when it has been read:
 * the charge may then put the token into debt, and its next request is refused until that is worked
 * off. So no batch is too large ever to be taken. Thread-safe.
 */
public final class RateLimits {

  private static final int BURST_SECONDS = 2;

  private final Limits limits;
  private final ConcurrentMap<String, Buckets> byToken = new ConcurrentHashMap<>();

  private record Buckets(Bucket records, Bucket bytes) {}

  /** The rates of {@code limits}. */
  public RateLimits(Limits limits) {
    this.limits = limits;
  }

  /**
   * Refuses the request of a token that is in debt.
   *
   * @throws GatewayException 429
   */
  public void admit(Caller caller) {
    Buckets buckets = of(caller);
    admit(caller, buckets.records(), limits.recordsPerSecond() + " records");
    admit(caller, buckets.bytes(), limits.bytesPerSecond() + " bytes");
  }

  /** Charges what a request holds. */
  public void charge(Caller caller, long records, long bytes) {
    Buckets buckets = of(caller);
    charge(buckets.records(), records);
    charge(buckets.bytes(), bytes);
  }

  private static void charge(Bucket bucket, long tokens) {
    if (tokens > 0) {
      bucket.consumeIgnoringRateLimits(tokens);
    }
  }

  private static void admit(Caller caller, Bucket bucket, String what) {
    var estimate = bucket.estimateAbilityToConsume(1);
    if (!estimate.canBeConsumed()) {
      throw GatewayException.tooMuch(
          "The token " + caller.token() + " may send " + what + " a second.",
          Duration.ofNanos(estimate.getNanosToWaitForRefill()));
    }
  }

  private Buckets of(Caller caller) {
    return byToken.computeIfAbsent(
        caller.token(),
        token -> new Buckets(bucket(limits.recordsPerSecond()), bucket(limits.bytesPerSecond())));
  }

  private static Bucket bucket(long perSecond) {
    return Bucket.builder()
        .addLimit(
            limit ->
                limit
                    .capacity(BURST_SECONDS * perSecond)
                    .refillGreedy(perSecond, Duration.ofSeconds(1)))
        .build();
  }
}
