package io.evenkeel.ui.store;

/** What somebody looks for, as it may go into a query. */
public final class SearchWords {
  private static final int LONGEST = 200;

  private SearchWords() {}

  /**
   * Without the spaces around it, and without U+0000, which PostgreSQL's texts do not know; cut to
   * 200 characters.
   */
  public static String bounded(String text) {
    String clean = text.replace("\u0000", "").strip();
    return clean.length() > LONGEST ? clean.substring(0, LONGEST) : clean;
  }
}
