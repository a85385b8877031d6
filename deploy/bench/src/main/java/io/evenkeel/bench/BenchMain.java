package io.evenkeel.bench;

import io.evenkeel.bench.alert.AlertLatencyCommand;
import io.evenkeel.bench.analytics.AnalyticsBenchCommand;
import io.evenkeel.bench.control.ControlLatencyCommand;
import io.evenkeel.bench.detection.DetectionBenchCommand;
import io.evenkeel.bench.ingest.IngestBenchCommand;
import io.evenkeel.bench.parity.ParityCommand;
import io.evenkeel.bench.query.QueryBenchCommand;
import io.evenkeel.bench.store.StoreBenchCommand;
import io.evenkeel.bench.trainer.TrainerBenchCommand;
import io.evenkeel.bench.ui.UiBenchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry of {@code ./evenkeel bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures Evenkeel, and compares it with other implementations.",
    subcommands = {
      TrainerBenchCommand.class,
      ParityCommand.class,
      StoreBenchCommand.class,
      IngestBenchCommand.class,
      QueryBenchCommand.class,
      AnalyticsBenchCommand.class,
      DetectionBenchCommand.class,
      ControlLatencyCommand.class,
      AlertLatencyCommand.class,
      UiBenchCommand.class
    })
public final class BenchMain implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private BenchMain() {}

  /** Runs a command and exits with its status. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line, for tests to drive. */
  static CommandLine commandLine() {
    return new CommandLine(new BenchMain());
  }

  /** Without a command: what there is. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a measurement.");
  }
}
