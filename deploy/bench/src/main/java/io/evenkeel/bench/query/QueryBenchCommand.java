package io.evenkeel.bench.query;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.JsonReport;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.writer.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Speed of charts over a long series. */
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description = {
      "Time of 1,000 buckets over random ranges of one long series, against the same question asked",
      "of the rows; how long making the roll-ups takes, and how large they are."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:measured", "2:cannot be measured here, or wrong usage"})
public final class QueryBenchCommand implements Callable<Integer> {
  private static final int UNUSABLE = 2;
  private static final long LEAST_STEPS = 100_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the figures as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--steps",
      defaultValue = "10000000",
      description = "Length of the series (default ${DEFAULT-VALUE}).")
  private long steps = 10_000_000;

  @Option(
      names = "--ranges",
      defaultValue = "300",
      description = "Random ranges, at least 20 (default ${DEFAULT-VALUE}).")
  private int ranges = 300;

  /** Measures. */
  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (steps < LEAST_STEPS || ranges < 20) {
        throw new BenchException(
            ErrorId.CONFIG_INVALID, "--steps must be at least 100000, --ranges at least 20.");
      }
      try (LongSeries series = LongSeries.create(steps, out)) {
        QueryFigures figures =
            new QueryComparison(series, new SplittableRandom(7)).measure(ranges, out);
        figures.print(out);
        if (report != null) {
          JsonReport.write(figures.json(), report);
        }
      }
      return 0;
    } catch (BenchException e) {
      return complain(e.line());
    } catch (IOException | SQLException | StoreException e) {
      return complain(ErrorId.BENCH_STORE.line(e + "."));
    }
  }

  private int complain(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
    return UNUSABLE;
  }
}
