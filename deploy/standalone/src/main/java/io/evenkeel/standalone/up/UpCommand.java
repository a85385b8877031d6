package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.standalone.scenario.Scenario;
import io.evenkeel.standalone.scenario.Scenarios;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of {@code ./evenkeel up}. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Starts everything on this machine and trains a small model under watch.")
public final class UpCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Train N steps, as fast as it goes (default: an hour at an easy pace).")
  private @Nullable Long steps;

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      defaultValue = "alpha-too-high",
      description = "alpha-too-high (default), healthy or none.")
  private String scenario = "alpha-too-high";

  @Option(
      names = "--backend",
      paramLabel = "auto|cpu|cuda",
      defaultValue = "auto",
      description = "Where the trainer computes (default auto).")
  private String backend = "auto";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Port of the dashboard (default 8080).")
  private int port = 8080;

  @Option(
      names = "--gateway-port",
      paramLabel = "PORT",
      defaultValue = "8090",
      description = "Port of the gateway, for trainers that send over HTTP (default 8090).")
  private int gatewayPort = 8090;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of all data (default .evenkeel in the source tree).")
  private @Nullable Path data;

  @Option(names = "--exit", description = "End after the last step of --steps.")
  private boolean exit;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write a JSON report after the last step.")
  private @Nullable Path report;

  @Option(names = "--no-trainer", description = "Start no trainer: bring your own.")
  private boolean noTrainer;

  /** Runs the command; the exit status is 0, or 1 after a reason has been printed. */
  @Override
  public Integer call() {
    Scenario chosen =
        Scenarios.find(scenario)
            .orElseThrow(
                () ->
                    invalid(
                        "--scenario "
                            + scenario
                            + " is none of "
                            + String.join(", ", Scenarios.NAMES)));
    UpOptions options = options();
    return new Up(options, chosen, Installation.current(), System.out).run();
  }

  private UpOptions options() {
    Long wanted = steps;
    if (wanted != null && wanted < 1) {
      throw invalid("--steps " + wanted + " is not positive");
    }
    if (!backend.matches("auto|cpu|cuda")) {
      throw invalid("--backend " + backend + " is none of auto, cpu, cuda");
    }
    checkPort("--port", port);
    checkPort("--gateway-port", gatewayPort);
    if (port == gatewayPort) {
      throw invalid("--port and --gateway-port are both " + port);
    }
    if (exit && noTrainer) {
      throw invalid("--exit waits for a trainer's last step, and --no-trainer starts none");
    }
    if ((exit || report != null) && wanted == null) {
      throw invalid("--exit and --report need --steps N");
    }
    Path folder = data;
    return new UpOptions(
        wanted == null ? OptionalLong.empty() : OptionalLong.of(wanted),
        scenario,
        backend,
        port,
        gatewayPort,
        folder == null
            ? Installation.current().home().resolve(".evenkeel")
            : folder.toAbsolutePath(),
        exit ? UpOptions.End.EXIT : UpOptions.End.KEEP_SERVING,
        Optional.ofNullable(report).map(Path::toAbsolutePath),
        noTrainer ? UpOptions.Training.NONE : UpOptions.Training.BUILT_IN);
  }

  private void checkPort(String option, int value) {
    if (value < 1 || value > 65535) {
      throw invalid(option + " " + value + " is not in [1, 65535]");
    }
  }

  private ParameterException invalid(String problem) {
    CommandSpec command = spec;
    if (command == null) {
      throw new IllegalStateException(problem);
    }
    return new ParameterException(
        command.commandLine(), ErrorId.CONFIG_INVALID.line(problem + "."));
  }
}
