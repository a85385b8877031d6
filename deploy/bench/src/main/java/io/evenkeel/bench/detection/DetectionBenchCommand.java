package io.evenkeel.bench.detection;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.JsonReport;
import io.evenkeel.bench.detection.shipped.ShippedCases;
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

/** How well alerts are raised. */
@Command(
    name = "detection",
    mixinStandardHelpOptions = true,
    description = {
      "Replays labelled cases through analytics: what is found, what fires falsely, how late; beside",
      "the published rules of OLMo-core, ZClip and LLM Foundry on the same cases."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:measured", "2:cannot be measured here, or wrong usage"})
public final class DetectionBenchCommand implements Callable<Integer> {
  private static final int UNUSABLE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--cases",
      paramLabel = "DIR",
      description =
          "Other cases than those that come with it: folders with in-telemetry.* and"
              + " out-alerts.csv, or labelled logs (csv/ and labels.csv).")
  private @Nullable Path cases;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Adds N to every seed of the cases that come with it: the same faults in runs that nobody"
              + " has looked at. Default: ${DEFAULT-VALUE}.")
  private long seeds;

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the figures as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--firings",
      paramLabel = "FILE",
      description = "With labelled logs: writes every alert, by log and metric, as JSON.")
  private @Nullable Path firings;

  /** Measures. */
  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (cases == null) {
        DetectionReport shipped = new CaseRun().of(ShippedCases.withSeedsMovedBy(seeds));
        LogReport logs = LogReport.of(LabelledLogs.shipped());
        tell(shipped.with(logs), out);
        firings(logs);
      } else if (LabelledLogs.in(cases)) {
        logs(cases, out);
      } else {
        tell(new CaseRun().of(CaseFolders.read(cases)), out);
      }
      return 0;
    } catch (BenchException e) {
      return complain(e.line());
    } catch (IOException e) {
      return complain(ErrorId.BENCH_CASES.line(e + "."));
    }
  }

  private void tell(DetectionReport figures, PrintWriter out) throws IOException {
    figures.print(out);
    if (report != null) {
      JsonReport.write(figures, report);
    }
  }

  private void logs(Path folder, PrintWriter out) throws BenchException, IOException {
    LogReport figures = LogReport.of(LabelledLogs.read(folder));
    figures.print(out);
    if (report != null) {
      JsonReport.write(figures, report);
    }
    firings(figures);
  }

  private void firings(LogReport figures) throws IOException {
    if (firings != null) {
      JsonReport.write(figures.firings(), firings);
    }
  }

  private int complain(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
    return UNUSABLE;
  }
}
