package io.evenkeel.gym;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gym.judge.Result;
import io.evenkeel.gym.judge.Season;
import io.evenkeel.gym.play.PlayException;
import io.evenkeel.gym.report.HtmlReport;
import io.evenkeel.gym.report.JsonReport;
import io.evenkeel.gym.report.Table;
import io.evenkeel.gym.scenario.Catalogue;
import io.evenkeel.gym.scenario.Scenario;
import io.evenkeel.gym.scenario.ScenarioException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Entry of {@code ./evenkeel gym}. */
@Command(
    name = "gym",
    mixinStandardHelpOptions = true,
    description = {
      "Trains small models with faults, with Evenkeel's hand on them and without, and judges what",
      "came of it: the real trainer, signals, detectors, policies and guard in one process."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:every expectation was met",
      "1:some were not, as the table tells",
      "2:wrong usage, or a run could not be trained"
    })
public final class GymMain implements Callable<Integer> {
  private static final int MISSED = 1;
  private static final int UNUSABLE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      split = ",",
      description = "Scenarios by name, YAML files of your own, or all (the default).")
  private List<String> scenarios = List.of("all");

  @Option(
      names = "--seed",
      paramLabel = "S",
      split = ",",
      description = "Seeds of weights and data, such as 0,1,2 (default: 0).")
  private List<Long> seeds = List.of(0L);

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the results as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Writes the results as a page with charts that needs nothing but itself.")
  private @Nullable Path html;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Runs trained side by side (default: ${DEFAULT-VALUE}).")
  private int threads = 2;

  @Option(names = "--list", description = "Names the scenarios and what each is to show.")
  private boolean list;

  private GymMain() {}

  /** Runs the command and exits with its status. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line, for tests to drive. */
  static CommandLine commandLine() {
    return new CommandLine(new GymMain());
  }

  /** Plays. */
  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    if (threads < 1 || threads > Runtime.getRuntime().availableProcessors() * 4) {
      return complain(List.of(ErrorId.CONFIG_INVALID.line("--threads is " + threads + ".")));
    }
    try {
      List<Scenario> found = Catalogue.find(scenarios);
      if (list) {
        found.forEach(scenario -> out.printf("%-26s %s%n", scenario.name(), scenario.why()));
        out.flush();
        return 0;
      }
      return play(found, out);
    } catch (ScenarioException e) {
      return complain(e.lines());
    } catch (PlayException e) {
      return complain(List.of(e.line()));
    } catch (IOException e) {
      return complain(List.of(ErrorId.GYM_RUN.line(e + ".")));
    }
  }

  private int play(List<Scenario> found, PrintWriter out)
      throws PlayException, InterruptedException, IOException {
    long start = System.nanoTime();
    Table table = new Table(out);
    table.head();
    List<Result> results = new ArrayList<>();
    List<Season.Outcome> outcomes = new ArrayList<>();
    try (Season season = new Season(threads)) {
      season.play(
          found,
          seeds,
          outcome -> {
            outcome.results().forEach(table::line);
            results.addAll(outcome.results());
            if (html != null) {
              outcomes.add(outcome);
            }
          });
    } finally {
      // Also of what was played until a run failed.
      if (report != null) {
        JsonReport.write(results, (System.nanoTime() - start) / 1e9, report);
      }
      if (html != null) {
        HtmlReport.write(outcomes, (System.nanoTime() - start) / 1e9, html);
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    long missed = results.stream().filter(result -> !result.passed()).count();
    out.printf(
        "%d of %d as expected, in %.0f s%n", results.size() - missed, results.size(), seconds);
    out.flush();
    return missed == 0 ? 0 : MISSED;
  }

  private int complain(List<String> lines) {
    PrintWriter err = spec.commandLine().getErr();
    lines.forEach(err::println);
    err.flush();
    return UNUSABLE;
  }
}
