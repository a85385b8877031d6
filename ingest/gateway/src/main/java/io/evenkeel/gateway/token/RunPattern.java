package io.evenkeel.gateway.token;

import io.evenkeel.contract.error.Check;
import java.util.regex.Pattern;

/**
 * Which runs a token covers.
 *
 * @param text {@code *} for all, {@code prefix*}, or one run id
 */
public record RunPattern(String text) {

  private static final Pattern LEGAL =
      Pattern.compile("\\*|[A-Za-z0-9][A-Za-z0-9._-]{0,126}\\*|[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if it is no pattern
   */
  public RunPattern {
    Check.that(
        LEGAL.matcher(text).matches(),
        "runs must be '*', a run id, or the beginning of one followed by '*'");
  }

  /** Whether it covers a run. */
  public boolean covers(String run) {
    return text.endsWith("*") ? run.regionMatches(0, text, 0, text.length() - 1) : run.equals(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
