package io.evenkeel.ui.control;

import java.util.List;

/**
 * Lines of the audit trail, newest first.
 *
 * @param lines the lines
 * @param rest whether there are older ones that match
 */
public record AuditPage(List<AuditLine> lines, Rest rest) {

  /** Whether there is more. */
  public enum Rest {
    /** These are all. */
    NONE,
    /** There are older ones. */
    OLDER
  }

  /** Copies. */
  public AuditPage {
    lines = List.copyOf(lines);
  }
}
