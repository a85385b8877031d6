package io.evenkeel.ui.problem;

import io.evenkeel.contract.error.ErrorId;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Writes refusals as {@code application/problem+json}. */
public final class Problem {

  /** Their media type. */
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Problem() {}

  /** The members of the answer. */
  public static Map<String, Object> members(Refusal refusal) {
    ErrorId errorId = refusal.errorId();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "urn:evenkeel:error:" + errorId.id());
    body.put("title", errorId.meaning());
    body.put("status", refusal.status());
    body.put("detail", refusal.detail());
    body.put("errorId", errorId.id());
    body.put("remedy", errorId.remedy());
    if (!refusal.flaws().isEmpty()) {
      body.put("errors", refusal.flaws());
    }
    return body;
  }

  /** Makes the problem the whole answer. */
  public static void write(HttpServletResponse response, Refusal refusal) throws IOException {
    byte[] body = JSON.writeValueAsBytes(members(refusal));
    response.setStatus(refusal.status());
    refusal
        .retryAfter()
        .ifPresent(after -> response.setHeader("Retry-After", Long.toString(seconds(after))));
    if (refusal.errorId() == ErrorId.API_TOKEN) {
      response.setHeader("WWW-Authenticate", "Bearer");
    }
    response.setHeader("Cache-Control", "no-store");
    response.setContentType(MEDIA_TYPE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  // Rounded up, at least 1.
  private static long seconds(Duration after) {
    return Math.max(1, after.plusNanos(999_999_999).toSeconds());
  }
}
