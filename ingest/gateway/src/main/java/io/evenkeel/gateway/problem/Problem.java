package io.evenkeel.gateway.problem;

import io.evenkeel.contract.error.ErrorId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Writes problems. */
public final class Problem {

  /** Their media type. */
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Problem() {}

  /**
   * The body of an answer.
   *
   * @param members further members; they do not replace the standard ones
   */
  public static byte[] body(
      int status, ErrorId errorId, String detail, Map<String, Object> members) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "urn:evenkeel:error:" + errorId.id());
    body.put("title", errorId.meaning());
    body.put("status", status);
    body.put("detail", detail);
    body.put("errorId", errorId.id());
    body.put("remedy", errorId.remedy());
    members.forEach(body::putIfAbsent);
    return JSON.writeValueAsBytes(body);
  }

  /** The id for a status that is not ours, but the web server's. */
  static ErrorId errorId(int status) {
    return switch (status) {
      case 408 -> ErrorId.GATEWAY_TIMEOUT;
      case 413 -> ErrorId.GATEWAY_TOO_LARGE;
      case 500 -> ErrorId.GATEWAY_FAULT;
      default -> ErrorId.GATEWAY_REQUEST;
    };
  }

  /** Seconds for a {@code Retry-After} header, rounded up, at least 1. */
  static long seconds(Duration retryAfter) {
    return Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
  }

  /** Makes the problem the whole answer, in the form that the request's path calls for. */
  public static void write(
      HttpServletRequest request, HttpServletResponse response, GatewayException problem)
      throws IOException {
    problem
        .retryAfter()
        .ifPresent(after -> response.setHeader("Retry-After", Long.toString(seconds(after))));
    write(
        request,
        response,
        problem.status(),
        problem.errorId(),
        problem.detail(),
        problem.members());
  }

  /** Makes the problem the whole answer, in the form that the request's path calls for. */
  public static void write(
      HttpServletRequest request,
      HttpServletResponse response,
      int status,
      ErrorId errorId,
      String detail,
      Map<String, Object> members)
      throws IOException {
    boolean otlp = OtlpStatus.isFor(request);
    byte[] body =
        otlp
            ? OtlpStatus.body(request, status, errorId, detail)
            : body(status, errorId, detail, members);
    response.setStatus(status);
    response.setContentType(otlp ? OtlpStatus.mediaType(request) : MEDIA_TYPE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
