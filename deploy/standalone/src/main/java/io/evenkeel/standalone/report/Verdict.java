package io.evenkeel.standalone.report;

import io.evenkeel.standalone.scenario.Expectation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a run came to what it should: every reason why not. */
public final class Verdict {
  private Verdict() {}

  /**
   * Reasons why a report is not what was expected; none if it is.
   *
   * @param report what was measured
   * @param steps how many were asked for
   * @param noticesReceived distinct notices about the run at the sink
   * @param expected by the scenario, besides what always must hold
   */
  public static List<String> reasons(
      RunReport report, long steps, long noticesReceived, Optional<Expectation> expected) {
    List<String> reasons = new ArrayList<>();
    if (report.steps() != steps) {
      reasons.add("signals of %d steps are stored, not of %d".formatted(report.steps(), steps));
    }
    RunReport.Telemetry telemetry = report.telemetry();
    if (telemetry.stored() != telemetry.sent() || telemetry.dropped() != 0) {
      reasons.add(
          "of %d observations sent %d are stored and %d were dropped"
              .formatted(telemetry.sent(), telemetry.stored(), telemetry.dropped()));
    }
    if (telemetry.deadLettered() != 0) {
      reasons.add(telemetry.deadLettered() + " records were dead-lettered");
    }
    if (report.webhooks().delivered() != report.webhooks().accepted()) {
      reasons.add(
          "of %d notices accepted %d were delivered"
              .formatted(report.webhooks().accepted(), report.webhooks().delivered()));
    }
    expected.ifPresent(e -> check(report, e, noticesReceived, reasons));
    return reasons;
  }

  private static void check(
      RunReport report, Expectation expected, long noticesReceived, List<String> reasons) {
    boolean cured =
        report.alerts().stream()
            .anyMatch(
                alert -> alert.rule().equals(expected.alert()) && alert.resolvedStep() != null);
    if (!cured) {
      reasons.add("no alert " + expected.alert() + " has fired and resolved");
    }
    long applied =
        report.commands().stream()
            .filter(c -> c.knob().equals(expected.knob()) && c.status().equals("applied"))
            .count();
    if (applied < expected.appliedCommands()) {
      reasons.add(
          "%d commands for %s were applied, not %d"
              .formatted(applied, expected.knob(), expected.appliedCommands()));
    }
    Double first = report.signals().first();
    Double last = report.signals().last();
    double bound = expected.ratioBound();
    if (first == null || last == null || !(first > bound && last < bound)) {
      reasons.add(
          "the gradient-norm ratio went from %s to %s, not from above %s to below it"
              .formatted(first, last, bound));
    }
    Double lossFirst = report.lossFirst();
    Double lossLast = report.lossLast();
    if (lossFirst == null || lossLast == null || !(lossLast < lossFirst)) {
      reasons.add("the loss went from %s to %s".formatted(lossFirst, lossLast));
    }
    if (noticesReceived != report.webhooks().delivered()) {
      reasons.add(
          "the sink has %d notices, the outbox %d delivered"
              .formatted(noticesReceived, report.webhooks().delivered()));
    }
  }
}
