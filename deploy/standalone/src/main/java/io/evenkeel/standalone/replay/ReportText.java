package io.evenkeel.standalone.replay;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Objects;

/** The report as a person reads it. */
final class ReportText {
  private final PrintStream out;

  ReportText(PrintStream out) {
    this.out = out;
  }

  void print(ReplayReport report) {
    ReplayReport.Observations counts = report.observations();
    line(
        "Run %s: %,d values read, %,d observations sent, %,d stored (%,d new), %d incarnation(s).",
        report.runId(),
        counts.read(),
        counts.sent(),
        counts.stored(),
        counts.added(),
        report.incarnations());
    for (ReplayReport.Skip skip : report.skipped()) {
      line(
          "Left out, %s: %,d %s",
          skip.reason(), skip.count(), Objects.toString(skip.errorId(), ""));
      skip.examples().forEach(example -> line("  %s", example));
    }
    ReplayReport.Seconds seconds = report.seconds();
    line(
        "%.1f s: start-up %.1f, reading %.1f, sending %.1f, storing and judging the rest %.1f.",
        seconds.total(), seconds.startUp(), seconds.read(), seconds.send(), seconds.drain());
    if (report.alerts().isEmpty()) {
      line("No alert fired.");
      return;
    }
    line(
        "%-22s %-10s %-14s %-9s %10s %10s",
        "rule", "scope", "metric", "severity", "fired", "resolved");
    for (ReplayReport.Alert alert : report.alerts()) {
      line(
          "%-22s %-10s %-14s %-9s %10d %10s%s",
          alert.rule(),
          alert.scope(),
          alert.metric(),
          alert.severity(),
          alert.firedStep(),
          Objects.toString(alert.resolvedStep(), "open"),
          report.incarnations() > 1 ? "  incarnation " + alert.incarnation() : "");
    }
  }

  private void line(String pattern, Object... values) {
    out.printf(Locale.ROOT, "  " + pattern + "%n", values);
  }
}
