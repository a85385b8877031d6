package io.evenkeel.client.http;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.evenkeel.contract.error.ErrorId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads answers as docs/http-api.md describes them, and believes no others. Thread-safe. */
final class AnswerReader {

  /** Errors that pass: a record that meets one is sent again. */
  private static final Set<String> PASSING =
      Set.of(ErrorId.KAFKA_UNAVAILABLE.id(), "EVK-GATEWAY-RATE");

  private static final Gson GSON = new Gson();

  private AnswerReader() {}

  /** What a reply to {@code records} records means. */
  static Answer read(Reply reply, int records) {
    return switch (reply.status()) {
      case 200, 207 ->
          // A captive portal answers 200 to everything: only who counts our records has them.
          settled(reply, records)
              .orElseGet(
                  () ->
                      new Answer.Later(
                          "This is no gateway's answer: " + reply.summary(), reply.waitAsked()));
      case 400, 422 ->
          settled(reply, records).orElseGet(() -> new Answer.Indigestible(reply.summary()));
      case 413 -> new Answer.Indigestible(reply.summary());
      case 401, 403, 415 -> new Answer.Refused(reply.summary());
      default -> new Answer.Later(reply.summary(), reply.waitAsked());
    };
  }

  private static Optional<Answer> settled(Reply reply, int records) {
    Body body;
    try {
      body = GSON.fromJson(new String(reply.body(), StandardCharsets.UTF_8), Body.class);
    } catch (JsonParseException e) {
      return Optional.empty();
    }
    if (body == null || body.accepted == null) {
      return Optional.empty();
    }
    Map<Integer, String> refused = new HashMap<>();
    Map<Integer, String> later = new HashMap<>();
    for (Rejection rejection : Objects.requireNonNullElse(body.rejections, List.<Rejection>of())) {
      if (rejection == null || rejection.index < 0 || rejection.index >= records) {
        return Optional.empty();
      }
      (PASSING.contains(String.valueOf(rejection.errorId)) ? later : refused)
          .put(rejection.index, rejection.errorId + ": " + rejection.message);
    }
    return body.accepted + refused.size() + later.size() == records
        ? Optional.of(new Answer.Settled(refused, later))
        : Optional.empty();
  }

  private record Body(@Nullable Integer accepted, @Nullable List<Rejection> rejections) {}

  private record Rejection(int index, @Nullable String errorId, @Nullable String message) {}
}
