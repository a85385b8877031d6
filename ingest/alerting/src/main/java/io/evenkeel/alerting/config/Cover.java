package io.evenkeel.alerting.config;

import java.util.Comparator;
import java.util.List;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Covers secrets that stand in a text. */
final class Cover {

  /** Shown where a text cannot be covered piece by piece. */
  static final String NOTHING_SHOWN = "# The file holds secrets in clear and is not shown.\n";

  private static final String COVER = "'***'";

  /** Shorter ones are in every text by chance. */
  private static final int SHORTEST = 6;

  private Cover() {}

  /** The text with each of the scalars covered. */
  static String of(String text, List<ScalarNode> secrets) {
    StringBuilder covered = new StringBuilder(text);
    List<ScalarNode> lastFirst =
        secrets.stream()
            .distinct()
            .sorted(
                Comparator.comparingInt((ScalarNode node) -> node.getStartMark().getIndex())
                    .reversed())
            .toList();
    for (ScalarNode secret : lastFirst) {
      int start = text.offsetByCodePoints(0, secret.getStartMark().getIndex());
      int end = text.offsetByCodePoints(0, secret.getEndMark().getIndex());
      String ending = text.substring(start, end).endsWith("\n") ? "\n" : "";
      covered.replace(start, end, COVER + ending);
    }
    String shown = covered.toString();
    // Written twice, in a comment or folded over lines: better nothing than a part of it.
    boolean leaks =
        secrets.stream()
            .map(node -> node.getValue().trim())
            .anyMatch(value -> value.length() >= SHORTEST && shown.contains(value));
    return leaks ? NOTHING_SHOWN : shown;
  }
}
