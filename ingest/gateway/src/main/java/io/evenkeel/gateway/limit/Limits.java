package io.evenkeel.gateway.limit;

import io.evenkeel.contract.error.Check;
import java.time.Duration;

/**
 * Bounds of requests.
 *
 * @param bodyBytes largest body as it comes over the network, bytes
 * @param decompressedBytes largest body decompressed, bytes
 * @param records most records in a body
 * @param jsonRecordBytes largest record in JSON, bytes; as objects it takes some ten times as much
 * @param bodyTime longest time in which a body must have arrived
 * @param memoryBytes bytes that the bodies of all requests in flight may take together
 * @param recordsPerSecond records a second of one token; twice as many at once
 * @param bytesPerSecond decompressed bytes a second of one token; twice as many at once
 * @param waiters most requests that wait for commands or alerts
 */
public record Limits(
    int bodyBytes,
    int decompressedBytes,
    int records,
    int jsonRecordBytes,
    Duration bodyTime,
    long memoryBytes,
    long recordsPerSecond,
    long bytesPerSecond,
    int waiters) {

  /** Highest rate that can be counted, a second. */
  public static final long MAX_RATE = 1_000_000_000;

  private static final int MEBIBYTE = 1 << 20;

  /** What holds unless it is configured otherwise. */
  public static final Limits STANDARD =
      new Limits(
          16 * MEBIBYTE,
          32 * MEBIBYTE,
          10_000,
          4 * MEBIBYTE,
          Duration.ofSeconds(30),
          Math.max(64L * MEBIBYTE, Runtime.getRuntime().maxMemory() / 4),
          50_000,
          128L * MEBIBYTE,
          10_000);

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a bound is not positive, or a body has no room
   */
  public Limits {
    Check.that(
        bodyBytes > 0
            && decompressedBytes > 0
            && records > 0
            && jsonRecordBytes > 0
            && recordsPerSecond > 0
            && bytesPerSecond > 0
            && waiters > 0
            && bodyTime.isPositive(),
        "limits must be positive");
    Check.that(
        recordsPerSecond <= MAX_RATE && bytesPerSecond <= MAX_RATE,
        "a rate must be at most " + MAX_RATE + " a second");
    Check.that(
        bodyBytes <= decompressedBytes, "a body must be allowed to be as large as decompressed");
    Check.that(
        memoryBytes >= decompressedBytes, "the memory of all bodies must hold the largest one");
  }

  /** The same with other rates of a token. */
  public Limits withRates(long recordsASecond, long bytesASecond) {
    return new Limits(
        bodyBytes,
        decompressedBytes,
        records,
        jsonRecordBytes,
        bodyTime,
        memoryBytes,
        recordsASecond,
        bytesASecond,
        waiters);
  }
}
