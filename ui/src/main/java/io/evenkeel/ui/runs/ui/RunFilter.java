package io.evenkeel.ui.runs.ui;

import io.evenkeel.ui.runs.RunRow;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Which runs somebody wants to see.
 *
 * @param text words that must all be in its id, name, tags or note, whatever the case
 * @param status status that it must have; empty for any
 * @param archive whether runs that are put away are shown too
 */
record RunFilter(String text, String status, Archive archive) {

  /** Everything that is not put away. */
  static final RunFilter ALL = new RunFilter("", "", Archive.HIDDEN);

  /** Whether runs that are put away are shown. */
  enum Archive {
    HIDDEN,
    SHOWN
  }

  boolean passes(RunRow row) {
    if (archive == Archive.HIDDEN && row.label().isArchived()) {
      return false;
    }
    if (!status.isEmpty() && !status.equals(row.header().status())) {
      return false;
    }
    String all =
        String.join(
                "\n",
                row.header().run(),
                row.header().name(),
                String.join("\n", row.label().tags()),
                row.label().note())
            .toLowerCase(Locale.ROOT);
    return Stream.of(text.strip().toLowerCase(Locale.ROOT).split("\\s+")).allMatch(all::contains);
  }
}
