package io.evenkeel.contract.error;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The checks that records of the contract share. Each throws {@link IllegalArgumentException}. */
public final class Check {

  /** Longest name of a run, knob, tensor, rule or scope, in characters. */
  public static final int MAX_NAME = 256;

  /** Longest free text, in characters. */
  public static final int MAX_TEXT = 8_192;

  /** Most entries of a list or map. */
  public static final int MAX_ENTRIES = 100_000;

  private static final Pattern RUN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private Check() {}

  /** Throws with {@code message} unless {@code condition} holds. */
  public static void that(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** A name: 1 to {@value #MAX_NAME} characters, none of them a control character. */
  public static void name(String component, String value) {
    that(value != null && !value.isEmpty(), component + " is empty");
    that(value.length() <= MAX_NAME, component + " is longer than " + MAX_NAME + " characters");
    that(
        value.chars().noneMatch(Character::isISOControl), component + " holds a control character");
  }

  /** Free text, possibly empty: at most {@value #MAX_TEXT} characters. */
  public static void text(String component, String value) {
    that(value != null, component + " is null");
    that(value.length() <= MAX_TEXT, component + " is longer than " + MAX_TEXT + " characters");
  }

  /** A run id: letters, digits, dot, underscore and hyphen, at most 128 characters. */
  public static void run(String value) {
    that(
        value != null && RUN.matcher(value).matches(),
        "run must be 1 to 128 letters, digits, '.', '_' or '-', and begin with a letter or digit");
  }

  /** A count, index or step. */
  public static void notNegative(String component, long value) {
    that(value >= 0, component + " is negative or beyond 2^63 - 1");
  }

  /** An immutable, bounded copy. */
  public static <T> List<T> list(String component, List<T> value) {
    that(value != null, component + " is null");
    that(value.size() <= MAX_ENTRIES, component + " has more than " + MAX_ENTRIES + " entries");
    return List.copyOf(new ArrayList<>(value));
  }

  /** An immutable, bounded, sorted copy. */
  public static <V> Map<String, V> map(String component, Map<String, V> value) {
    that(value != null, component + " is null");
    that(value.size() <= MAX_ENTRIES, component + " has more than " + MAX_ENTRIES + " entries");
    value.keySet().forEach(key -> name(component + " key", key));
    return java.util.Collections.unmodifiableMap(new TreeMap<>(value));
  }
}
