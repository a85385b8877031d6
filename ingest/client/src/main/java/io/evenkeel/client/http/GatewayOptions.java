package io.evenkeel.client.http;

import io.evenkeel.client.BufferLimits;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How a trainer reaches a gateway.
 *
 * @param address {@code http://host:port} or {@code https://...}, with a path if the gateway stands
 *     under one; may be down or unknown at the start. TLS trusts what the JVM trusts
 * @param token what {@code ./evenkeel token create} has shown; never logged
 * @param limits bounds of the publisher's buffer
 * @param stallLimit a connection without an acknowledgement for so long is replaced
 * @param timeouts how long single requests may take
 * @param compression of what is sent
 */
public record GatewayOptions(
    URI address,
    String token,
    BufferLimits limits,
    Duration stallLimit,
    Timeouts timeouts,
    Compression compression) {

  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,1024}");

  /** How bodies are sent. */
  public enum Compression {
    /** As they are: costs the trainer's machine nothing. */
    NONE,
    /** With gzip, for a narrow line. */
    GZIP
  }

  /**
   * Bounds of single requests.
   *
   * @param connect until a connection stands, TLS included
   * @param request until a request is answered whole
   * @param linger how long the first record of a batch waits for others; 0: not at all
   * @param poll how long a question for commands or alerts waits at the gateway; 1 s to 60 s
   */
  public record Timeouts(Duration connect, Duration request, Duration linger, Duration poll) {

    /** 10 s, 30 s, 5 ms, 25 s: proxies tend to cut idle connections after 60 s or 30 s. */
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMillis(5),
            Duration.ofSeconds(25));

    /**
     * Validates.
     *
     * @throws IllegalArgumentException if a component is out of its range
     */
    public Timeouts {
      requirePositive("connect", connect);
      requirePositive("request", request);
      if (linger.isNegative() || linger.compareTo(Duration.ofSeconds(1)) > 0) {
        throw new IllegalArgumentException("linger must be 0 s to 1 s");
      }
      if (poll.getSeconds() < 1 || poll.getSeconds() > 60) {
        throw new IllegalArgumentException("poll must be 1 s to 60 s");
      }
    }
  }

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public GatewayOptions {
    String scheme = address.getScheme();
    if (!("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
        || address.getHost() == null) {
      throw new IllegalArgumentException(
          "the gateway's address must be http://HOST[:PORT] or https://HOST[:PORT]");
    }
    if (address.getRawQuery() != null
        || address.getRawFragment() != null
        || address.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the gateway's address must hold neither a user, nor a query, nor a fragment");
    }
    if (!TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException(
          "the gateway's token must be 1 to 1024 printable ASCII characters without spaces");
    }
    requirePositive("stallLimit", stallLimit);
  }

  private static void requirePositive(String component, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(component + " must be positive");
    }
  }

  /**
   * The defaults: 64 MiB of buffer, 60 s until a stalled connection is replaced, no compression.
   */
  public static GatewayOptions of(URI address, String token) {
    return new GatewayOptions(
        address,
        token,
        BufferLimits.DEFAULT,
        Duration.ofSeconds(60),
        Timeouts.DEFAULT,
        Compression.NONE);
  }

  /** The same with other bounds of the buffer. */
  public GatewayOptions withLimits(BufferLimits other) {
    return new GatewayOptions(address, token, other, stallLimit, timeouts, compression);
  }

  /** The same with other bounds of single requests. */
  public GatewayOptions withTimeouts(Timeouts other) {
    return new GatewayOptions(address, token, limits, stallLimit, other, compression);
  }

  /** The same with another compression. */
  public GatewayOptions withCompression(Compression other) {
    return new GatewayOptions(address, token, limits, stallLimit, timeouts, other);
  }

  /** All but the token, which must not come to stand in a log. */
  @Override
  public String toString() {
    return "GatewayOptions[address=" + address + ", limits=" + limits + "]";
  }
}
