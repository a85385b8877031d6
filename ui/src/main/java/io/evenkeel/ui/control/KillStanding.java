package io.evenkeel.ui.control;

import java.util.List;

/**
 * How far the kill switches are pulled, over all runs.
 *
 * @param running runs that go on
 * @param stopped those of them to which no command leaves
 * @param answers the newest lines of the audit trail, among them the controller's answers
 */
public record KillStanding(int running, int stopped, List<AuditLine> answers) {

  /** Copies. */
  public KillStanding {
    if (running < 0 || stopped < 0 || stopped > running) {
      throw new IllegalArgumentException(stopped + " of " + running + " stopped");
    }
    answers = List.copyOf(answers);
  }

  /** For people. */
  public String words() {
    if (running == 0) {
      return "no run goes on";
    }
    String runs = running == 1 ? "1 run goes on, " : running + " runs go on, ";
    if (stopped == 0) {
      return runs + "none stopped";
    }
    return stopped == running ? runs + "no command leaves" : runs + stopped + " stopped";
  }
}
