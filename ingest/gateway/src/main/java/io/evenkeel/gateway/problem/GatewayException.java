package io.evenkeel.gateway.problem;

import io.evenkeel.contract.error.ErrorId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that is refused, and what its answer says. */
public final class GatewayException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int BAD_REQUEST = 400;
  private static final int FORBIDDEN = 403;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int CONTENT_TOO_LARGE = 413;
  private static final int UNSUPPORTED_MEDIA_TYPE = 415;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVICE_UNAVAILABLE = 503;

  private final ErrorId errorId;
  private final int status;
  private final @Nullable Duration retryAfter;
  private final transient Map<String, Object> members;

  private GatewayException(
      ErrorId errorId,
      int status,
      String detail,
      @Nullable Duration retryAfter,
      Map<String, Object> members) {
    // An answer to a caller, not a fault: nobody reads where it was made.
    super(detail, null, false, false);
    this.errorId = errorId;
    this.status = status;
    this.retryAfter = retryAfter;
    this.members = Map.copyOf(members);
  }

  /** 400: the body or a parameter cannot be read. */
  public static GatewayException unreadable(ErrorId errorId, String detail) {
    return new GatewayException(errorId, BAD_REQUEST, detail, null, Map.of());
  }

  /**
   * 400, or 403 if it is for {@link ErrorId#GATEWAY_SCOPE} alone: every record was refused.
   *
   * @param members further members of the answer
   */
  public static GatewayException allRefused(
      ErrorId errorId, String detail, Map<String, Object> members) {
    int status = errorId == ErrorId.GATEWAY_SCOPE ? FORBIDDEN : BAD_REQUEST;
    return new GatewayException(errorId, status, detail, null, members);
  }

  /** 403: the token does not cover the run. */
  public static GatewayException outOfScope(String detail) {
    return new GatewayException(ErrorId.GATEWAY_SCOPE, FORBIDDEN, detail, null, Map.of());
  }

  /** 408: the body did not arrive in time. */
  public static GatewayException tooSlow(String detail) {
    return new GatewayException(ErrorId.GATEWAY_TIMEOUT, REQUEST_TIMEOUT, detail, null, Map.of());
  }

  /** 413: too large. */
  public static GatewayException tooLarge(String detail) {
    return new GatewayException(
        ErrorId.GATEWAY_TOO_LARGE, CONTENT_TOO_LARGE, detail, null, Map.of());
  }

  /** 415: unknown content type or encoding. */
  public static GatewayException unsupported(String detail) {
    return new GatewayException(
        ErrorId.GATEWAY_MEDIA_TYPE, UNSUPPORTED_MEDIA_TYPE, detail, null, Map.of());
  }

  /** 429: too much from one token. */
  public static GatewayException tooMuch(String detail, Duration retryAfter) {
    return new GatewayException(
        ErrorId.GATEWAY_RATE, TOO_MANY_REQUESTS, detail, retryAfter, Map.of());
  }

  /** 503: {@link ErrorId#KAFKA_UNAVAILABLE} or {@link ErrorId#GATEWAY_BUSY}. */
  public static GatewayException unavailable(ErrorId errorId, String detail, Duration retryAfter) {
    return new GatewayException(errorId, SERVICE_UNAVAILABLE, detail, retryAfter, Map.of());
  }

  /** Why, from the catalogue. */
  public ErrorId errorId() {
    return errorId;
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** When to try again, if trying again may help. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Further members of the answer. */
  public Map<String, Object> members() {
    return members;
  }

  /** What has happened, a sentence. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
