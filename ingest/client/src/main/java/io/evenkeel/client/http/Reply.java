package io.evenkeel.client.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What came back to a request, whole.
 *
 * @param status HTTP status
 * @param contentType media type, or empty
 * @param retryAfter the header of that name, or empty
 * @param next the header {@code Evenkeel-Next}, or empty
 * @param body the bytes; not modified
 */
@SuppressWarnings("ArrayRecordComponent") // Made once, read once, never compared.
record Reply(
    int status,
    String contentType,
    Optional<String> retryAfter,
    Optional<String> next,
    byte[] body) {

  /** The longest that a receiver may ask to be left alone. */
  static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private static final Duration UNSTATED_WAIT = Duration.ofSeconds(1);
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
  private static final Pattern ERROR_ID = Pattern.compile("EVK-[A-Z0-9]+(?:-[A-Z0-9]+)*");
  private static final int EXCERPT = 200;

  boolean isProtobuf() {
    return contentType.startsWith("application/x-protobuf");
  }

  /** What the receiver asks for, a minute at most; a second if it cannot be read. */
  Duration waitAsked() {
    if (retryAfter.isEmpty()) {
      return Duration.ZERO;
    }
    Duration asked =
        SECONDS.matcher(retryAfter.get()).matches()
            ? Duration.ofSeconds(Long.parseLong(retryAfter.get()))
            : UNSTATED_WAIT;
    return asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
  }

  /** Status, error id and the beginning of the text, for a log. */
  String summary() {
    String text = new String(body, 0, Math.min(body.length, 8 * EXCERPT), StandardCharsets.UTF_8);
    Matcher id = ERROR_ID.matcher(text);
    String shown =
        text.codePoints()
            .limit(EXCERPT)
            .collect(
                StringBuilder::new,
                (line, c) -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c),
                StringBuilder::append)
            .toString()
            .strip();
    return "status "
        + status
        + (id.find() ? " " + id.group() : "")
        + (shown.isEmpty() ? "" : " (" + shown + ")");
  }
}
