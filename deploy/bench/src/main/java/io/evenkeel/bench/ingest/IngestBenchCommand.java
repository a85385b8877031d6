package io.evenkeel.bench.ingest;

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

/** Speed of the gateway. */
@Command(
    name = "ingest",
    mixinStandardHelpOptions = true,
    description = {
      "Records a second through the gateway, against the same records straight into Kafka; and how",
      "soon the gateway answers at half its speed."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:measured", "2:cannot be measured here, or wrong usage"})
public final class IngestBenchCommand implements Callable<Integer> {
  private static final int UNUSABLE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the figures as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Turns of Kafka and the gateway (default ${DEFAULT-VALUE}).")
  private int rounds = 3;

  @Option(
      names = "--seconds",
      defaultValue = "4",
      description = "Seconds of each turn (default ${DEFAULT-VALUE}).")
  private int seconds = 4;

  /** Measures. */
  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (rounds < 1 || seconds < 1) {
        throw new BenchException(
            ErrorId.CONFIG_INVALID, "--rounds and --seconds must be at least 1.");
      }
      IngestReport figures = new IngestBench(rounds, seconds).measure(out);
      figures.print(out);
      if (report != null) {
        JsonReport.write(figures, report);
      }
      return 0;
    } catch (BenchException e) {
      return complain(e.line());
    } catch (IOException e) {
      return complain(ErrorId.BENCH_INGEST.line(e + "."));
    }
  }

  private int complain(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
    return UNUSABLE;
  }
}
