package io.evenkeel.standalone.replay;

import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.replay.send.Pace;
import io.evenkeel.standalone.up.Home;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of {@code ./evenkeel replay}. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = "Sends a training log through the whole pipeline, and reports its alerts.")
public final class ReplayCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description =
          "JSON lines of telemetry, CSV of step,metric,value, a TensorBoard event file or a"
              + " trainer_state.json; gzipped or not.")
  private Path file = Path.of("");

  @Option(
      names = "--run",
      paramLabel = "NAME",
      description = "Id of the run (default: made of the file's name).")
  private @Nullable String run;

  @Option(
      names = "--speed",
      paramLabel = "X|max",
      defaultValue = "max",
      description = "X times as fast as it was recorded, or as fast as it goes (default max).")
  private String speed = "max";

  @Option(names = "--report", paramLabel = "FILE", description = "Write a JSON report.")
  private @Nullable Path report;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of all data (default .evenkeel in the source tree).")
  private @Nullable Path data;

  /** Runs the command; the exit status is 0, or 1 after a reason has been printed. */
  @Override
  public Integer call() {
    String name = run;
    if (name != null) {
      try {
        Check.run(name);
      } catch (IllegalArgumentException e) {
        throw invalid("--run: " + e.getMessage());
      }
    }
    ReplayOptions options =
        new ReplayOptions(
            file.toAbsolutePath(),
            Optional.ofNullable(name),
            pace(),
            Optional.ofNullable(report).map(Path::toAbsolutePath),
            Home.data(data));
    return new Replay(options, Clock.systemUTC(), System.out).run();
  }

  private Pace pace() {
    if (speed.equals("max")) {
      return Pace.MAX;
    }
    try {
      return new Pace(Double.parseDouble(speed));
    } catch (IllegalArgumentException e) {
      throw invalid("--speed " + speed + " is neither a positive number nor max");
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
