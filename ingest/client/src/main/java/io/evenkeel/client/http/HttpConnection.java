package io.evenkeel.client.http;

import io.evenkeel.client.buffer.Destination;
import io.evenkeel.client.buffer.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Spreads records over {@link Lane}s: one a kind of record and run, since a gateway answers for a
 * run's token as a whole, and acknowledgements have a path a run. Lanes do not wait for each other.
 */
final class HttpConnection implements Transport.Connection {

  private final Endpoint endpoint;
  private final Duration linger;
  private final RetryAfter retryAfter;

  /** By path and run; of the publisher's sender thread alone, as many as the trainer has runs. */
  private final Map<String, Lane> lanes = new HashMap<>();

  HttpConnection(Endpoint endpoint, Duration linger, RetryAfter retryAfter) {
    this.endpoint = endpoint;
    this.linger = linger;
    this.retryAfter = retryAfter;
  }

  @Override
  public void send(
      Destination destination, String key, byte[] value, Transport.Completion completion) {
    String run = destination == Destination.TELEMETRY ? runOf(key) : key;
    String path = path(destination, run);
    lanes
        .computeIfAbsent(path + " " + run, name -> new Lane(endpoint, path, linger, retryAfter))
        .add(new Lane.Entry(value, completion));
  }

  /** A rank's key is {@code run#rank}, and no run's id holds a number sign. */
  private static String runOf(String key) {
    int rank = key.lastIndexOf('#');
    return rank < 0 ? key : key.substring(0, rank);
  }

  private static String path(Destination destination, String run) {
    return switch (destination) {
      case TELEMETRY -> "/api/v1/telemetry";
      case RUNS -> "/api/v1/runs";
      case ACKS -> "/api/v1/runs/" + run + "/acks";
    };
  }

  @Override
  public void close() {
    lanes.values().forEach(Lane::close);
    lanes.clear();
  }
}
