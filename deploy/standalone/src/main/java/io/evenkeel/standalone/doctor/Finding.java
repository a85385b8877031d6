package io.evenkeel.standalone.doctor;

/**
 * What one check found.
 *
 * @param level whether it matters
 * @param subject what was looked at
 * @param found what there is
 * @param remedy what to do; empty when nothing needs doing
 */
record Finding(Level level, String subject, String found, String remedy) {
  /** How much it matters. */
  enum Level {
    /** Works. */
    OK,
    /** Something optional is not there, or is small. */
    NOTE,
    /** Evenkeel does not run without it. */
    MISSING
  }

  static Finding ok(String subject, String found) {
    return new Finding(Level.OK, subject, found, "");
  }

  static Finding note(String subject, String found, String remedy) {
    return new Finding(Level.NOTE, subject, found, remedy);
  }

  static Finding missing(String subject, String found, String remedy) {
    return new Finding(Level.MISSING, subject, found, remedy);
  }

  /** Two lines at most: what there is, and what to do. */
  String text() {
    String line =
        "%-8s %-22s %s".formatted(level.name().toLowerCase(java.util.Locale.ROOT), subject, found);
    return remedy.isEmpty()
        ? line
        : line + System.lineSeparator() + " ".repeat(32) + "-> " + remedy;
  }
}
