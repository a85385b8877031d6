package io.evenkeel.ui.chart;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers and times as people read them. */
public final class Figures {
  private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P"};

  private Figures() {}

  /** A figure with four digits; a dash where there is none; NaN and infinity by name. */
  public static String figure(@Nullable Double value) {
    if (value == null) {
      return "–";
    }
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "−∞";
    }
    double size = Math.abs(value);
    if (size == 0) {
      return "0";
    }
    if (size < 1e-3) {
      String[] parts = String.format(Locale.ROOT, "%.2e", value).split("e");
      return trim(parts[0]) + "e" + Integer.parseInt(parts[1]);
    }
    int prefix = 0;
    double scaled = value;
    while (Math.abs(scaled) >= (prefix == 0 ? 10_000 : 1000) && prefix < PREFIXES.length - 1) {
      scaled /= 1000;
      prefix++;
    }
    return trim(String.format(Locale.ROOT, digits(Math.abs(scaled)), scaled)) + PREFIXES[prefix];
  }

  /** A count with thousands set apart; a dash where there is none. */
  public static String count(@Nullable Long value) {
    return value == null ? "–" : String.format(Locale.ENGLISH, "%,d", value);
  }

  /** How long ago, in the largest unit that fits. */
  public static String ago(@Nullable Instant time, Instant now) {
    if (time == null) {
      return "never";
    }
    long seconds = Math.max(0, Duration.between(time, now).toSeconds());
    if (seconds < 2) {
      return "now";
    }
    if (seconds < 120) {
      return seconds + " s ago";
    }
    if (seconds < 7200) {
      return seconds / 60 + " min ago";
    }
    return seconds < 172_800 ? seconds / 3600 + " h ago" : seconds / 86_400 + " d ago";
  }

  private static String digits(double size) {
    if (size >= 1000) {
      return "%.0f";
    }
    if (size >= 100) {
      return "%.1f";
    }
    return size >= 10 ? "%.2f" : size >= 1 ? "%.3f" : "%.4f";
  }

  private static String trim(String number) {
    if (!number.contains(".")) {
      return number;
    }
    String shorter = number.replaceAll("0+$", "");
    return shorter.endsWith(".") ? shorter.substring(0, shorter.length() - 1) : shorter;
  }
}
