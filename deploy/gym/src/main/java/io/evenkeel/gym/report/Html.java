package io.evenkeel.gym.report;

/** Text inside a page. */
final class Html {
  private Html() {}

  /** Text as it may stand between tags and in quoted attributes. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
