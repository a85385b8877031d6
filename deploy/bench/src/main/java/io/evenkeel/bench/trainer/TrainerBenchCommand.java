package io.evenkeel.bench.trainer;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.JsonReport;
import io.evenkeel.bench.torch.TorchInstallation;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Speed of the trainer on the processor. */
@Command(
    name = "trainer",
    mixinStandardHelpOptions = true,
    description = {
      "Tokens a second of a full training step on the CPU, against PyTorch in the same run; what the",
      "signals cost; how near the step comes to the speed of the matrix products that it is made of."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {"0:measured", "2:cannot be measured here, or wrong usage"})
public final class TrainerBenchCommand implements Callable<Integer> {
  private static final int UNUSABLE = 2;
  private static final List<Integer> THREADS = List.of(1, 2);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the figures as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--rounds",
      defaultValue = "15",
      description = "Steps that each side is timed on (default ${DEFAULT-VALUE}).")
  private int rounds = 15;

  /** Measures. */
  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (rounds < 1) {
        throw new BenchException(ErrorId.CONFIG_INVALID, "--rounds must be at least 1.");
      }
      TrainerReport figures = measure(out);
      figures.print(out);
      if (report != null) {
        JsonReport.write(figures.json(), report);
      }
      return 0;
    } catch (BenchException e) {
      return complain(e.line());
    } catch (IOException e) {
      return complain(ErrorId.BENCH_PYTORCH.line(e.toString() + "."));
    }
  }

  private TrainerReport measure(PrintWriter out) throws IOException, BenchException {
    TorchInstallation installation = TorchInstallation.find(System.getenv());
    TrainerConfig config = config();
    out.printf(
        "PyTorch %s (%s), %d rounds of a step of %d tokens each, in turns%n",
        installation.version(), installation.python(), rounds, config.tokens());
    out.flush();
    List<ThreadComparison.Result> results = new ArrayList<>();
    for (int threads : THREADS) {
      results.add(new ThreadComparison(config, installation, rounds, threads).measure());
      TrainerReport.printLine(out, config, results.getLast());
    }
    return new TrainerReport(config, installation, rounds, results, StepProfile.of(config, 1));
  }

  /** The configuration that the reference's own figures were taken on. */
  static TrainerConfig config() throws IOException {
    Path file = Files.createTempFile("evenkeel-bench", ".yaml");
    try (InputStream in = TrainerBenchCommand.class.getResourceAsStream("/bench/trainer.yaml")) {
      if (in == null) {
        throw new IllegalStateException("/bench/trainer.yaml is not in the build");
      }
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return ConfigReader.read(file.toString());
    } catch (ConfigException e) {
      throw new IllegalStateException(e);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private int complain(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
    return UNUSABLE;
  }
}
