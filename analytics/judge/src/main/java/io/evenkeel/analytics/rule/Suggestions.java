package io.evenkeel.analytics.rule;

import java.util.Collection;
import java.util.Comparator;

/** What somebody may have meant. */
final class Suggestions {

  private Suggestions() {}

  /** A clause such as {@code "; did you mean 'loss'?"}, or nothing if no name is like it. */
  static String like(String written, Collection<String> names) {
    int most = Math.max(1, Math.min(4, written.length() / 3));
    return names.stream()
        .filter(name -> distance(written, name) <= most)
        .min(Comparator.comparingInt((String name) -> distance(written, name)))
        .map(name -> "; did you mean '" + name + "'?")
        .orElse("");
  }

  /** Insertions, deletions and replacements that make one of the other; 0 for a whole prefix. */
  private static int distance(String from, String to) {
    if (from.length() >= 4 && to.startsWith(from)) {
      return 0;
    }
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
