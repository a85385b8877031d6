package io.evenkeel.standalone.rules;

import io.evenkeel.analytics.history.Backtest;
import io.evenkeel.analytics.history.StoredSignals;
import io.evenkeel.analytics.history.StoredSteps;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.standalone.archive.ArchiveFailure;
import io.evenkeel.standalone.archive.OnDatabase;
import io.evenkeel.standalone.archive.StoredRun;
import io.evenkeel.standalone.up.Home;
import io.evenkeel.standalone.up.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code ./evenkeel rules backtest}. */
@Command(
    name = "backtest",
    mixinStandardHelpOptions = true,
    description = "Tells where the rules of a file would have fired in a stored run.")
final class BacktestCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "FILE", description = "The rules, as YAML.")
  private Path file = Path.of("");

  @Option(names = "--run", paramLabel = "ID", required = true, description = "Id of the run.")
  private String run = "";

  @Option(names = "--report", paramLabel = "FILE", description = "Write a JSON report.")
  private @Nullable Path report;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of all data (default .evenkeel in the source tree).")
  private @Nullable Path data;

  /** The exit status is 0, or 1 after a reason has been printed. */
  @Override
  public Integer call() {
    Optional<List<AlertRule>> rules = CheckedFile.read(file, System.out);
    return rules.isEmpty()
        ? 1
        : OnDatabase.run(
            Home.data(data),
            Pipeline.Parts.DATABASE,
            System.err,
            (pipeline, connection) -> backtest(connection, rules.get()));
  }

  private int backtest(Connection connection, List<AlertRule> rules)
      throws SQLException, IOException, ArchiveFailure {
    if (StoredRun.find(connection, run).isEmpty()) {
      throw ArchiveFailure.unknown(run);
    }
    BacktestReport made = over(connection, run, rules, file.toString());
    made.print(System.out);
    Path target = report;
    if (target != null) {
      made.write(target);
    }
    return 0;
  }

  static BacktestReport over(Connection connection, String run, List<AlertRule> rules, String file)
      throws SQLException, IOException {
    Backtest backtest = new Backtest(run, rules);
    StoredSteps.walk(
        connection,
        run,
        new StoredSteps.Sink() {
          @Override
          public void step(StoredSteps.Step step) {
            backtest.accept(StoredSignals.of(run, step));
          }

          @Override
          public void end() {
            // Nothing is held back.
          }
        });
    return BacktestReport.of(file, backtest.outcome());
  }
}
