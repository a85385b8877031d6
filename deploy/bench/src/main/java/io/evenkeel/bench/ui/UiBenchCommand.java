package io.evenkeel.bench.ui;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.JsonReport;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.writer.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.WebDriverException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The dashboard in a real browser. */
@Command(
    name = "ui",
    mixinStandardHelpOptions = true,
    description = {
      "The dashboard in Debian's Chromium: the page of a long run of a large model opened, zoomed,",
      "and followed live, and many people at once."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:measured", "2:cannot be measured here, or wrong usage"})
public final class UiBenchCommand implements Callable<Integer> {
  private static final int UNUSABLE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the figures as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--steps",
      defaultValue = "10000000",
      description = "Length of the run (default ${DEFAULT-VALUE}).")
  private long steps = 10_000_000;

  @Option(
      names = "--layers",
      defaultValue = "60",
      description = "MoE layers (default ${DEFAULT-VALUE}).")
  private int layers = 60;

  @Option(
      names = "--experts",
      defaultValue = "256",
      description = "FFN experts a layer (default ${DEFAULT-VALUE}).")
  private int experts = 256;

  @Option(
      names = "--turns",
      defaultValue = "8",
      description = "How often each is done (default ${DEFAULT-VALUE}).")
  private int turns = 8;

  @Option(
      names = "--live-seconds",
      defaultValue = "60",
      description = {
        "How long the run is followed (default ${DEFAULT-VALUE}); 600 shows whether memory grows over ten",
        "minutes."
      })
  private int liveSeconds = 60;

  @Option(
      names = "--sessions",
      defaultValue = "50",
      description = "People at once (default ${DEFAULT-VALUE}).")
  private int sessions = 50;

  /**
   * Of run and measurement.
   *
   * @param steps length of the run
   * @param layers MoE layers
   * @param experts FFN experts a layer
   * @param turns how often each is done
   * @param liveSeconds how long the run is followed
   * @param sessions people at once
   */
  record Size(long steps, int layers, int experts, int turns, int liveSeconds, int sessions) {
    Size {
      if (steps < LongModelRun.MIDDLING
          || layers < 1
          || experts < 16
          || turns < 1
          || liveSeconds < 1
          || sessions < 2) {
        throw new IllegalArgumentException(
            "--steps must be at least "
                + LongModelRun.MIDDLING
                + ", --layers, --turns and --live-seconds 1, --experts 16, --sessions 2.");
      }
    }
  }

  /** Measures. */
  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      Size size = new Size(steps, layers, experts, turns, liveSeconds, sessions);
      Path home = Path.of(System.getProperty("evenkeel.home", ".")).toAbsolutePath();
      UiReport figures = new UiBench(size, out).measure(home);
      figures.print(out);
      if (report != null) {
        JsonReport.write(figures.json(), report);
      }
      return 0;
    } catch (IllegalArgumentException e) {
      return complain(ErrorId.CONFIG_INVALID.line(String.valueOf(e.getMessage())));
    } catch (BenchException e) {
      return complain(e.line());
    } catch (IOException | SQLException | StoreException | WebDriverException | AssertionError e) {
      return complain(ErrorId.BENCH_UI.line(e + "."));
    }
  }

  private int complain(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
    return UNUSABLE;
  }
}
