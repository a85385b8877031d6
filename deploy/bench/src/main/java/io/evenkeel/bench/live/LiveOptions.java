package io.evenkeel.bench.live;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.JsonReport;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the measurements of a running Evenkeel have in common on the command line: a mixin. */
public final class LiveOptions {
  private static final int UNUSABLE = 2;

  /** A measurement. */
  @FunctionalInterface
  public interface Measurement {
    /**
     * Measures, and prints its figures.
     *
     * @return what is written as JSON
     */
    Object measure(Duration length, PrintWriter out) throws IOException, BenchException;
  }

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the figures as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--seconds",
      description = "Seconds that each part is measured, at least 10 (default ${DEFAULT-VALUE}).")
  private int seconds;

  /**
   * Options of one command.
   *
   * @param seconds that each part is measured where nothing else is said
   */
  public LiveOptions(int seconds) {
    this.seconds = seconds;
  }

  /** Measures, writes the report if asked, tells what went wrong; the exit status. */
  public int run(PrintWriter out, PrintWriter err, Measurement measurement) {
    try {
      if (seconds < 10) {
        throw new BenchException(ErrorId.CONFIG_INVALID, "--seconds must be at least 10.");
      }
      Object figures = measurement.measure(Duration.ofSeconds(seconds), out);
      if (report != null) {
        JsonReport.write(figures, report);
      }
      return 0;
    } catch (BenchException e) {
      return complain(err, e.line());
    } catch (IOException e) {
      return complain(err, ErrorId.BENCH_LIVE.line(e + "."));
    }
  }

  private static int complain(PrintWriter err, String line) {
    err.println(line);
    err.flush();
    return UNUSABLE;
  }
}
