package io.evenkeel.bench.store;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.JsonReport;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Speed of the store. */
@Command(
    name = "store",
    mixinStandardHelpOptions = true,
    description = {
      "Observations a second from Kafka into the indexed tables, against a bare COPY of the same",
      "rows into the same tables; and how soon a record stands in the views."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:measured", "2:cannot be measured here, or wrong usage"})
public final class StoreBenchCommand implements Callable<Integer> {
  private static final int UNUSABLE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the figures as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--rounds",
      defaultValue = "7",
      description = "Turns of the writer and of COPY (default ${DEFAULT-VALUE}).")
  private int rounds = 7;

  @Option(
      names = "--steps",
      defaultValue = "4000",
      description = "Steps of a round, of 4 observations each (default ${DEFAULT-VALUE}).")
  private int steps = 4_000;

  @Option(
      names = "--visible-seconds",
      defaultValue = "20",
      description = "Seconds of 100 records/s, end to end (default ${DEFAULT-VALUE}).")
  private int visibleSeconds = 20;

  /** Measures. */
  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (rounds < 1 || steps < 100 || steps > 1_000_000 || visibleSeconds < 1) {
        throw new BenchException(
            ErrorId.CONFIG_INVALID,
            "--rounds and --visible-seconds must be at least 1, --steps in [100, 1000000].");
      }
      StoreReport figures = new StoreBench(rounds, steps, visibleSeconds).measure(out);
      figures.print(out);
      if (report != null) {
        JsonReport.write(figures, report);
      }
      return 0;
    } catch (BenchException e) {
      return complain(e.line());
    } catch (IOException e) {
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
