package io.evenkeel.bench.parity;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.JsonReport;
import io.evenkeel.bench.torch.TorchInstallation;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether the trainer learns what PyTorch learns. */
@Command(
    name = "parity",
    mixinStandardHelpOptions = true,
    description = {
      "Trains a configuration twice, by the trainer and by the PyTorch reference, from the same",
      "weights on the same batches, and compares their losses on held-out text."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:measured", "2:cannot be measured here, or wrong usage"})
public final class ParityCommand implements Callable<Integer> {
  private static final int UNUSABLE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the figures as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--config",
      paramLabel = "NAME|FILE",
      defaultValue = "demo",
      description = "What to train (default ${DEFAULT-VALUE}).")
  private String source = "demo";

  @Option(names = "--steps", description = "Steps to train (default: those of the configuration).")
  private @Nullable Integer steps;

  @Option(
      names = "--threads",
      defaultValue = "2",
      description = "Threads of each side (default ${DEFAULT-VALUE}).")
  private int threads = 2;

  /** Trains and compares. */
  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      TrainerConfig config = ConfigReader.read(source);
      Integer chosen = steps;
      long length = chosen == null ? config.training().steps() : chosen;
      if (length < 1 || length > Parity.MOST_STEPS || threads < 1) {
        throw new BenchException(
            ErrorId.CONFIG_INVALID,
            "--steps must lie in [1, " + Parity.MOST_STEPS + "], --threads must be at least 1.");
      }
      TorchInstallation installation = TorchInstallation.find(System.getenv());
      ParityReport figures =
          new Parity(config, installation, (int) length, threads)
              .measure(point -> point.print(out));
      figures.print(out);
      if (report != null) {
        JsonReport.write(figures, report);
      }
      return 0;
    } catch (ConfigException e) {
      return complain(String.join(System.lineSeparator(), e.lines()));
    } catch (BenchException e) {
      return complain(e.line());
    } catch (IOException e) {
      return complain(ErrorId.BENCH_PYTORCH.line(e + "."));
    }
  }

  private int complain(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
    return UNUSABLE;
  }
}
