package io.evenkeel.standalone.up;

import io.evenkeel.standalone.report.DrainWatch;
import io.evenkeel.standalone.report.ReportMaker;
import io.evenkeel.standalone.report.RunQueries;
import io.evenkeel.standalone.report.RunReport;
import io.evenkeel.standalone.report.TrainerReport;
import io.evenkeel.standalone.report.Verdict;
import io.evenkeel.standalone.scenario.Scenario;
import io.evenkeel.standalone.sink.Notice;
import io.evenkeel.standalone.sink.WebhookSink;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What follows the trainer's last step: the pipeline comes to rest, and the report is written and
 * judged.
 */
final class RunEnd {
  private static final DrainWatch DRAIN =
      new DrainWatch(Duration.ofSeconds(60), Duration.ofMillis(1500));

  private final UpOptions options;
  private final Scenario scenario;
  private final Console console;

  RunEnd(UpOptions options, Scenario scenario, Console console) {
    this.options = options;
    this.scenario = scenario;
    this.console = console;
  }

  /**
   * Waits, reports and judges.
   *
   * @param trainerReport the trainer's own report
   * @param database where everything is stored
   * @param sink what received the notices, if the scenario has one
   * @return the exit status: 0, or 1 when the run did not come to what it should
   */
  int conclude(Path trainerReport, DatabaseAddress database, Optional<WebhookSink> sink)
      throws InterruptedException {
    try {
      TrainerReport trainer = TrainerReport.read(trainerReport);
      Optional<String> missing = DRAIN.await(database::connect, trainer);
      List<Notice> notices = sink.map(WebhookSink::notices).orElse(List.of());
      RunReport report;
      long received;
      try (Connection connection = database.connect()) {
        RunQueries queries = new RunQueries(connection, trainer.run(), trainer.incarnation());
        report = ReportMaker.make(trainer, queries, notices);
        // An earlier run's outbox may have had something left to deliver to the same sink.
        Set<String> own = queries.noticeIds();
        received = notices.stream().filter(notice -> own.contains(notice.id())).count();
      }
      if (options.report().isPresent()) {
        report.write(options.report().get());
        console.text("Report: " + options.report().get());
      }
      List<String> reasons = new ArrayList<>();
      missing.ifPresent(what -> reasons.add("not all has come to rest: " + what));
      reasons.addAll(
          Verdict.reasons(
              report,
              options.steps().orElse(trainer.steps()),
              notices.size(),
              scenario.expectation()));
      return tell(reasons);
    } catch (IOException | SQLException e) {
      return tell(List.of("there is no report: " + e.getMessage()));
    }
  }

  private int tell(List<String> reasons) {
    if (reasons.isEmpty()) {
      console.text("The run came to what scenario " + scenario.name() + " expects.");
      return 0;
    }
    reasons.forEach(reason -> console.text("Not as expected: " + reason + "."));
    return 1;
  }
}
