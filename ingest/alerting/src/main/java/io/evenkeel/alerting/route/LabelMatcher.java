package io.evenkeel.alerting.route;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A condition on one label, written as Alertmanager does: {@code severity="critical"}, {@code
 * rule=~"loss-.*"}. An absent label counts as empty. Expressions match the whole value, and in time
 * linear in its length.
 */
public final class LabelMatcher {

  private static final int LONGEST = 1_024;
  private static final java.util.regex.Pattern FORM =
      java.util.regex.Pattern.compile(
          "\\s*([A-Za-z_][A-Za-z0-9_.:-]*)\\s*(=~|!~|!=|=)\\s*(.*?)\\s*");

  /** How a label is compared. */
  public enum Operator {
    EQUAL("="),
    NOT_EQUAL("!="),
    LIKE("=~"),
    NOT_LIKE("!~");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }

    private static Operator of(String sign) {
      for (Operator operator : values()) {
        if (operator.sign.equals(sign)) {
          return operator;
        }
      }
      throw new IllegalArgumentException("there is no operator " + sign);
    }
  }

  private final String name;
  private final Operator operator;
  private final String value;
  private final @Nullable Pattern pattern;

  private LabelMatcher(String name, Operator operator, String value) {
    this.name = name;
    this.operator = operator;
    this.value = value;
    this.pattern =
        operator == Operator.LIKE || operator == Operator.NOT_LIKE ? Pattern.compile(value) : null;
  }

  /** A label that must have a value. */
  public static LabelMatcher equal(String name, String value) {
    return new LabelMatcher(name, Operator.EQUAL, value);
  }

  /**
   * Reads a matcher.
   *
   * @throws IllegalArgumentException that says what is wrong with it
   */
  public static LabelMatcher parse(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("a matcher has at most " + LONGEST + " characters");
    }
    java.util.regex.Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no matcher: write label=\"value\", or !=, =~, !~ in the place of =");
    }
    String value = unquote(form.group(3), text);
    try {
      return new LabelMatcher(form.group(1), Operator.of(form.group(2)), value);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'" + text + "' holds no regular expression (RE2): " + e.getMessage(), e);
    }
  }

  private static String unquote(String written, String text) {
    if (!written.startsWith("\"")) {
      if (written.contains("\"") || written.startsWith("=") || written.startsWith("~")) {
        throw new IllegalArgumentException("'" + text + "' has a value that needs quotation marks");
      }
      return written;
    }
    StringBuilder value = new StringBuilder();
    int i = 1;
    while (i < written.length() && written.charAt(i) != '"') {
      // Only the quotation mark and the backslash itself need one; others belong to expressions.
      if (written.charAt(i) == '\\'
          && i + 1 < written.length()
          && (written.charAt(i + 1) == '"' || written.charAt(i + 1) == '\\')) {
        i++;
      }
      value.append(written.charAt(i++));
    }
    if (i != written.length() - 1) {
      throw new IllegalArgumentException("'" + text + "' does not end with a quotation mark");
    }
    return value.toString();
  }

  /** Whether the condition holds. */
  public boolean matches(Map<String, String> labels) {
    String found = Optional.ofNullable(labels.get(name)).orElse("");
    boolean like = pattern != null && pattern.matches(found);
    return switch (operator) {
      case EQUAL -> found.equals(value);
      case NOT_EQUAL -> !found.equals(value);
      case LIKE -> like;
      case NOT_LIKE -> !like;
    };
  }

  /** Whether all conditions hold; of none, yes. */
  public static boolean all(Collection<LabelMatcher> matchers, Map<String, String> labels) {
    return matchers.stream().allMatch(matcher -> matcher.matches(labels));
  }

  /** Reads several. */
  public static List<LabelMatcher> parseAll(Collection<String> texts) {
    return texts.stream().map(LabelMatcher::parse).toList();
  }

  /** As it is written. */
  @Override
  public String toString() {
    return name + operator.sign + '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
