package io.evenkeel.standalone.silences;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time as people write it. */
final class Span {
  private static final Pattern FORM =
      Pattern.compile("(?:(\\d{1,4})d)?(?:(\\d{1,4})h)?(?:(\\d{1,5})m)?");

  private Span() {}

  /**
   * Reads such as {@code 30m}, {@code 2h}, {@code 1d12h}.
   *
   * @throws IllegalArgumentException if it is none, or zero
   */
  static Duration parse(String text) {
    Matcher form = FORM.matcher(text);
    Duration time =
        form.matches()
            ? Duration.ofDays(number(form, 1))
                .plusHours(number(form, 2))
                .plusMinutes(number(form, 3))
            : Duration.ZERO;
    if (time.isZero()) {
      throw new IllegalArgumentException("'" + text + "' is no time such as 30m, 2h or 1d12h");
    }
    return time;
  }

  private static long number(Matcher form, int group) {
    String digits = form.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
