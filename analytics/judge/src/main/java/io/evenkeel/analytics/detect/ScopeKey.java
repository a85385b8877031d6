package io.evenkeel.analytics.detect;

/**
 * A rule in a scope.
 *
 * @param rule rule id
 * @param scope scope
 */
public record ScopeKey(String rule, String scope) {

  private static final char SEPARATOR = '|';

  /** One string, for a map of state. */
  public String text() {
    return rule + SEPARATOR + scope;
  }

  /** The key of {@link #text}; rule ids hold no separator. */
  public static ScopeKey of(String text) {
    int at = text.indexOf(SEPARATOR);
    return new ScopeKey(text.substring(0, at), text.substring(at + 1));
  }
}
