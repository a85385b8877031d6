package io.evenkeel.ui.control;

import io.evenkeel.ui.chart.Figures;
import java.util.Locale;

/** Says an entry of the audit trail as a person would. */
public final class AuditSentence {
  private AuditSentence() {}

  /** One or two sentences; hostile text in it stays text. */
  public static String of(AuditLine line) {
    var said = new StringBuilder();
    if (line.knob().isEmpty() && line.step() == 0) {
      // About rules and alerts, not about a run's knobs: the reason says it all.
      said.append(who(line.actor()));
      said.append(line.decision().equals("refused") ? " was refused: " : ": ");
      return because(line, said).toString();
    }
    said.append("At step ").append(Figures.count(line.step())).append(' ');
    said.append(who(line.actor())).append(' ').append(did(line));
    if (!line.mode().isEmpty()) {
      said.append(", in mode ").append(line.mode().toLowerCase(Locale.ROOT));
    }
    if (line.command() != null && line.command() > 0) {
      said.append(", by command #").append(line.command());
    }
    said.append(line.reason().isBlank() ? "." : ". ");
    return because(line, said).toString();
  }

  private static StringBuilder because(AuditLine line, StringBuilder said) {
    String reason = line.reason().strip();
    said.append(reason);
    if (!reason.isEmpty() && ".!?".indexOf(reason.charAt(reason.length() - 1)) < 0) {
      said.append('.');
    }
    if (!line.errorId().isEmpty()) {
      said.append(" (").append(line.errorId()).append(')');
    }
    return said;
  }

  /** What it is about and how it changes. */
  public static String change(AuditLine line) {
    if (line.to() == null) {
      return line.target();
    }
    return line.target() + "  " + Figures.figure(line.from()) + " → " + Figures.figure(line.to());
  }

  private static String who(String actor) {
    if (actor.startsWith("operator:")) {
      return actor.substring("operator:".length());
    }
    if (actor.startsWith("policy:")) {
      return "the policy " + actor.substring("policy:".length());
    }
    return actor.equals("guard") ? "the guard" : actor;
  }

  private static String did(AuditLine line) {
    String change = change(line);
    String what = change.isEmpty() ? "" : " " + change;
    return switch (line.decision()) {
      case "acted" -> change.isEmpty() ? "acted" : "changed" + what;
      case "proposed" -> "proposed" + what + " and waits for a person";
      case "observed" -> "would have changed" + what + " and only watches";
      case "blocked" -> "was held back from" + what;
      case "refused" -> "was refused" + what;
      case "changed" -> "changed how this is steered" + (what.isEmpty() ? "" : ":" + what);
      case "reviewed" -> "looked at what became of" + what;
      default -> line.decision() + what;
    };
  }
}
