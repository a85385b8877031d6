package io.evenkeel.contract.error;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The checks that records of the contract share. Each throws {@link IllegalArgumentException}. */
public final class Check {

  /** Longest name of a run, knob, tensor, rule or scope, in characters. */
  public static final int MAX_NAME = 256;

  /** Longest free text, in characters. */
  public static final int MAX_TEXT = 8_192;

  /** Most entries of a list or map. */
  public static final int MAX_ENTRIES = 100_000;

  private static final int MAX_RUN = 128;

  private static final int NANOS_A_MICRO = 1_000;
  private static final Instant FIRST_INSTANT = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST_INSTANT = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private Check() {}

  /** Throws with {@code message} unless {@code condition} holds. */
  public static void that(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /**
   * A name: 1 to {@value #MAX_NAME} characters, none of them a control character or half of a
   * surrogate pair.
   */
  public static void name(String component, String value) {
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(component + " is empty");
    }
    if (value.length() > MAX_NAME) {
      throw new IllegalArgumentException(component + " is longer than " + MAX_NAME + " characters");
    }
    for (int i = 0; i < value.length(); i++) {
      if (Character.isISOControl(value.charAt(i))) {
        throw new IllegalArgumentException(component + " holds a control character");
      }
    }
    wellFormed(component, value);
  }

  /**
   * Free text, possibly empty: at most {@value #MAX_TEXT} characters. Neither U+0000, which no
   * PostgreSQL text can hold, nor half of a surrogate pair, which no UTF-8 can.
   */
  public static void text(String component, String value) {
    text(component, value, MAX_TEXT);
  }

  /** The same with another bound on the length, in characters. */
  public static void text(String component, String value, int most) {
    if (value == null) {
      throw new IllegalArgumentException(component + " is null");
    }
    if (value.length() > most) {
      throw new IllegalArgumentException(component + " is longer than " + most + " characters");
    }
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(component + " holds U+0000");
    }
    wellFormed(component, value);
  }

  // Loops rather than streams: these checks are most of what a small record costs to read.
  private static void wellFormed(String component, String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isSurrogate(value.charAt(i))) {
        boolean whole =
            i + 1 < value.length()
                && Character.isSurrogatePair(value.charAt(i), value.charAt(i + 1));
        if (!whole) {
          throw new IllegalArgumentException(component + " holds half of a surrogate pair");
        }
        i++;
      }
    }
  }

  /** {@code value} as a {@link #text}: cut to length, with U+FFFD for what a text may not hold. */
  public static String legible(String value) {
    StringBuilder legible = new StringBuilder(Math.min(value.length(), MAX_TEXT));
    for (int i = 0; i < value.length(); ) {
      int c = value.codePointAt(i);
      boolean illegible = c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
      int length = Character.charCount(c);
      if (legible.length() + length > MAX_TEXT) {
        break;
      }
      legible.appendCodePoint(illegible ? 0xFFFD : c);
      i += length;
    }
    return legible.toString();
  }

  /**
   * An instant between the years 1 and 9999, cut to microseconds: what the wire, SQL and ISO 8601
   * can all hold, so that a record equals what is read back.
   */
  public static Instant instant(String component, Instant value) {
    if (value == null) {
      throw new IllegalArgumentException(component + " is null");
    }
    if (value.isBefore(FIRST_INSTANT) || value.isAfter(LAST_INSTANT)) {
      throw new IllegalArgumentException(component + " lies outside the years 1 to 9999");
    }
    return value.getNano() % NANOS_A_MICRO == 0 ? value : value.truncatedTo(ChronoUnit.MICROS);
  }

  /** A run id: letters, digits, dot, underscore and hyphen, at most 128 characters. */
  public static void run(String value) {
    that(
        value != null && isRun(value),
        "run must be 1 to 128 letters, digits, '.', '_' or '-', and begin with a letter or digit");
  }

  /** A run id, or nothing. */
  public static void runOrNone(String value) {
    if (value == null || !value.isEmpty()) {
      run(value);
    }
  }

  // No regular expression: it alone would be a tenth of what a small record costs to read.
  private static boolean isRun(String value) {
    if (value.isEmpty() || value.length() > MAX_RUN || !isLetterOrDigit(value.charAt(0))) {
      return false;
    }
    for (int i = 1; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetterOrDigit(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }

  /** A count, index or step. */
  public static void notNegative(String component, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(component + " is negative or beyond 2^63 - 1");
    }
  }

  /** An immutable, bounded copy. */
  public static <T> List<T> list(String component, List<T> value) {
    if (value == null) {
      throw new IllegalArgumentException(component + " is null");
    }
    if (value.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(component + " has more than " + MAX_ENTRIES + " entries");
    }
    if (value.isEmpty()) {
      return List.of();
    }
    List<T> copy = new ArrayList<>(value);
    if (copy.contains(null)) {
      throw new IllegalArgumentException(component + " holds null");
    }
    return List.copyOf(copy);
  }

  /** An immutable, bounded, sorted copy; keys are names, strings are texts. */
  public static <V> Map<String, V> map(String component, Map<String, V> value) {
    if (value == null) {
      throw new IllegalArgumentException(component + " is null");
    }
    if (value.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(component + " has more than " + MAX_ENTRIES + " entries");
    }
    if (value.isEmpty()) {
      return Map.of();
    }
    String keyOf = component + " key";
    Map<String, V> copy = new TreeMap<>();
    value.forEach(
        (key, entry) -> {
          name(keyOf, key);
          if (entry == null) {
            throw new IllegalArgumentException(component + " holds null");
          }
          if (entry instanceof String text) {
            text(component + " value", text);
          }
          copy.put(key, entry);
        });
    return Collections.unmodifiableMap(copy);
  }
}
