package io.evenkeel.standalone.report;

import io.evenkeel.standalone.report.RunQueries.End;
import io.evenkeel.standalone.report.RunQueries.StepColumn;
import io.evenkeel.standalone.sink.Notice;
import java.sql.SQLException;
import java.util.List;

/** Puts a report together from what was measured. */
public final class ReportMaker {
  /** Steps at either end of a run that its first and last figures are the mean of. */
  static final int ENDS = 20;

  private ReportMaker() {}

  /**
   * Makes the report.
   *
   * @param trainer what the trainer says of itself
   * @param queries to the database about the same run
   * @param received notices at the sink
   * @throws SQLException if the database fails
   */
  public static RunReport make(TrainerReport trainer, RunQueries queries, List<Notice> received)
      throws SQLException {
    return new RunReport(
        trainer.run(),
        trainer.backend(),
        queries.signalSteps(),
        queries.tokens(),
        trainer.seconds(),
        queries.mean(StepColumn.LOSS, End.FIRST, ENDS),
        queries.mean(StepColumn.LOSS, End.LAST, ENDS),
        new RunReport.Telemetry(
            trainer.sent(), queries.stored(), trainer.dropped(), queries.deadLetters()),
        new RunReport.Signals(
            queries.mean(StepColumn.RATIO, End.FIRST, ENDS),
            queries.mean(StepColumn.RATIO, End.LAST, ENDS)),
        queries.alerts(),
        queries.commands(),
        queries.webhooks(),
        new RunReport.Latencies(
            Percentiles.of(queries.stepToSignal()),
            Percentiles.of(queries.stepToAlert()),
            Percentiles.of(queries.stepToWebhook(received)),
            Percentiles.of(queries.stepToCommandApplied())),
        Percentiles.of(queries.stepMillis()).p50(),
        queries.telemetryShare());
  }
}
