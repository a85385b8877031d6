package io.evenkeel.ui.labels;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people say about a run.
 *
 * @param run run id
 * @param tags in alphabetical order, each once; text from outside
 * @param note may be empty; text from outside
 * @param archivedAt when it was put away; null if it was not
 * @param changedBy who changed any of it last; empty if nobody did
 * @param changedAt when; null if nobody did
 */
public record RunLabel(
    String run,
    List<String> tags,
    String note,
    @Nullable Instant archivedAt,
    String changedBy,
    @Nullable Instant changedAt) {

  /** Copies. */
  public RunLabel {
    tags = List.copyOf(tags);
  }

  /** That of a run of which nobody has said anything. */
  public static RunLabel none(String run) {
    return new RunLabel(run, List.of(), "", null, "", null);
  }

  /** Whether it is put away. */
  public boolean isArchived() {
    return archivedAt != null;
  }
}
