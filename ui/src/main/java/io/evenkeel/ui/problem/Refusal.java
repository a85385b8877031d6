package io.evenkeel.ui.problem;

import io.evenkeel.contract.error.ErrorId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that was asked for and is not done. */
public final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FAULT = 500;
  private static final int SERVICE_UNAVAILABLE = 503;

  private final ErrorId errorId;
  private final int status;
  private final transient List<Flaw> flaws;
  private final @Nullable Duration retryAfter;

  private Refusal(
      ErrorId errorId, int status, String detail, List<Flaw> flaws, @Nullable Duration retryAfter) {
    // An answer to a caller, not a fault: nobody reads where it was made.
    super(detail, null, false, false);
    this.errorId = errorId;
    this.status = status;
    this.flaws = List.copyOf(flaws);
    this.retryAfter = retryAfter;
  }

  /**
   * One error among those of a request.
   *
   * @param field the field or parameter, empty for the whole
   * @param message a sentence
   */
  public record Flaw(String field, String message) {}

  /** 400: one thing is wrong. */
  public static Refusal invalid(ErrorId errorId, String detail) {
    return new Refusal(errorId, BAD_REQUEST, detail, List.of(), null);
  }

  /** 400: all that is wrong. */
  public static Refusal invalid(ErrorId errorId, List<Flaw> flaws) {
    String detail =
        String.join(
            " ",
            flaws.stream()
                .map(flaw -> flaw.field().isEmpty() ? flaw.message() : named(flaw))
                .toList());
    return new Refusal(errorId, BAD_REQUEST, detail, flaws, null);
  }

  private static String named(Flaw flaw) {
    return flaw.field() + ": " + flaw.message();
  }

  /** 401: nobody who is known. */
  public static Refusal unknownCaller(String detail) {
    return new Refusal(ErrorId.API_TOKEN, UNAUTHORIZED, detail, List.of(), null);
  }

  /** 403: the role is not enough. */
  public static Refusal forbidden(String detail) {
    return new Refusal(ErrorId.ACCESS_ROLE, FORBIDDEN, detail, List.of(), null);
  }

  /** 404. */
  public static Refusal notFound(ErrorId errorId, String detail) {
    return new Refusal(errorId, NOT_FOUND, detail, List.of(), null);
  }

  /** 409: not as things stand. */
  public static Refusal conflict(ErrorId errorId, String detail) {
    return new Refusal(errorId, CONFLICT, detail, List.of(), null);
  }

  /** 429: too often. */
  public static Refusal tooOften(String detail, Duration retryAfter) {
    return new Refusal(ErrorId.API_RATE, TOO_MANY_REQUESTS, detail, List.of(), retryAfter);
  }

  /** 500: a fault of the dashboard, told in its log alone. */
  public static Refusal fault() {
    return new Refusal(ErrorId.API_FAULT, FAULT, "A fault of the dashboard.", List.of(), null);
  }

  /** 503: what it needs is away. */
  public static Refusal unavailable(ErrorId errorId, String detail) {
    return new Refusal(errorId, SERVICE_UNAVAILABLE, detail, List.of(), Duration.ofSeconds(2));
  }

  /** Why, from the catalogue. */
  public ErrorId errorId() {
    return errorId;
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** All errors of the request, where it has several. */
  public List<Flaw> flaws() {
    return flaws;
  }

  /** When to try again, if that may help. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** What has happened, a sentence. */
  public String detail() {
    return String.valueOf(getMessage());
  }

  /** One line for people: id, detail, remedy. */
  public String line() {
    return errorId.line(detail());
  }
}
