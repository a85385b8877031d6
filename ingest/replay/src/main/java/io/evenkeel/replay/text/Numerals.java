package io.evenkeel.replay.text;

import java.util.Locale;

/** Numbers as the loggers of several languages write them. */
public final class Numerals {
  private static final double LARGEST_EXACT = 0x1p53;

  private Numerals() {}

  /**
   * A step: whole and not negative, though a table's writer may have made it {@code 12.0}.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static long step(String text) {
    String plain = text.strip();
    if (plain.matches("\\+?[0-9]{1,18}")) {
      return Long.parseLong(plain);
    }
    double number;
    try {
      number = value(plain);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the step '" + plain + "' is no number", e);
    }
    return step(number, plain);
  }

  /**
   * The same of a number.
   *
   * @param text how it was written, for the message
   */
  public static long step(double number, String text) {
    if (!(number >= 0 && number <= LARGEST_EXACT && number == Math.rint(number))) {
      throw new IllegalArgumentException(
          "the step " + text + " is not a whole number in [0, 2^53]");
    }
    return (long) number;
  }

  /**
   * A value: decimal, or not-a-number or an infinity in any of their spellings.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static double value(String text) {
    String plain = text.strip().toLowerCase(Locale.ROOT);
    switch (plain) {
      case "nan", "-nan", "+nan", "nan(ind)", "-nan(ind)" -> {
        return Double.NaN;
      }
      case "inf", "+inf", "infinity", "+infinity" -> {
        return Double.POSITIVE_INFINITY;
      }
      case "-inf", "-infinity" -> {
        return Double.NEGATIVE_INFINITY;
      }
      default -> {
        // Java would also take 1f, 0x1p3 and NaN within a longer text.
        if (plain.isEmpty() || !isDecimal(plain)) {
          throw new IllegalArgumentException("the value '" + text.strip() + "' is no number");
        }
        return Double.parseDouble(plain);
      }
    }
  }

  private static boolean isDecimal(String plain) {
    boolean digit = false;
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      digit |= c >= '0' && c <= '9';
      if ((c < '0' || c > '9') && c != '.' && c != '+' && c != '-' && c != 'e') {
        return false;
      }
    }
    // What is still wrong, such as 1e, parseDouble says.
    return digit;
  }
}
