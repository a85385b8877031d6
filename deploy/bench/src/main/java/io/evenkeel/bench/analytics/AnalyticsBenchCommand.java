package io.evenkeel.bench.analytics;

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

/** Speed of analytics. */
@Command(
    name = "analytics",
    mixinStandardHelpOptions = true,
    description = {
      "Telemetry records a second through the Flink job on one core, against bare decoding of the",
      "same records; what a second slot brings, what ranks cost, how soon signals and alerts are out."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:measured", "2:cannot be measured here, or wrong usage"})
public final class AnalyticsBenchCommand implements Callable<Integer> {
  private static final int UNUSABLE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the figures as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Turns of decoding, one slot and two (default ${DEFAULT-VALUE}).")
  private int rounds = 3;

  @Option(
      names = "--steps",
      defaultValue = "3000",
      description =
          "Steps measured of a round, of 8 records each, after twice as many that warm up (default ${DEFAULT-VALUE}).")
  private int steps = 6_000;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "Seconds at half load (default ${DEFAULT-VALUE}).")
  private int seconds = 10;

  @Option(
      names = "--large-steps",
      defaultValue = "2",
      description =
          "Steps of 1,024 ranks x 28 layers x 768 experts, 0 for none; each is 600 MB on"
              + " disk (default ${DEFAULT-VALUE}).")
  private int largeSteps = 2;

  /** Measures. */
  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (rounds < 1 || steps < 400 || seconds < 1 || largeSteps < 0) {
        throw new BenchException(
            ErrorId.CONFIG_INVALID,
            "--rounds and --seconds must be at least 1, --steps 400, --large-steps 0.");
      }
      AnalyticsReport figures =
          new AnalyticsBench(new Extent(rounds, steps, seconds, largeSteps)).measure(out);
      figures.print(out);
      if (report != null) {
        JsonReport.write(figures, report);
      }
      return 0;
    } catch (BenchException e) {
      return complain(e.line());
    } catch (IOException e) {
      return complain(ErrorId.BENCH_ANALYTICS.line(e + "."));
    }
  }

  private int complain(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
    return UNUSABLE;
  }
}
