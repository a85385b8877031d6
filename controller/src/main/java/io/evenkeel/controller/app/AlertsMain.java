package io.evenkeel.controller.app;

import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.Receiver.Outcome;
import io.evenkeel.controller.notify.TestNotice;
import io.evenkeel.controller.notify.channel.Channels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Entry of {@code ./evenkeel alerts}. */
@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    description = "Who is told of alerts: checks a file of receivers and routes, tries a receiver.")
public final class AlertsMain implements Runnable {

  private static final int FAILED = 1;
  private static final int MISTAKEN = 2;

  private final Map<String, String> environment;
  private final Clock clock;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  private AlertsMain(Map<String, String> environment, Clock clock) {
    this.environment = environment;
    this.clock = clock;
  }

  /** Runs a command and ends with its exit status. */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(arguments, System.getenv(), Clock.systemUTC(), out, err));
  }

  /** The same with everything around it given; the exit status. */
  static int run(
      String[] arguments,
      Map<String, String> environment,
      Clock clock,
      PrintWriter out,
      PrintWriter err) {
    CommandLine line = new CommandLine(new AlertsMain(environment, clock));
    line.setOut(out);
    line.setErr(err);
    line.setParameterExceptionHandler(
        (mistake, given) -> {
          err.println(ErrorId.CONFIG_INVALID.line(mistake.getMessage() + "."));
          mistake.getCommandLine().usage(err);
          return MISTAKEN;
        });
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          err.println(String.valueOf(failure.getMessage()));
          return FAILED;
        });
    return line.execute(arguments);
  }

  /** Without a command: what there is. */
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  private PrintWriter out() {
    return java.util.Objects.requireNonNull(spec).commandLine().getOut();
  }

  private PrintWriter err() {
    return java.util.Objects.requireNonNull(spec).commandLine().getErr();
  }

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = "Tells every error of a file with its line; exit 1 if there is one.")
  int check(@Parameters(paramLabel = "FILE") Path path) {
    AlertsFile file = read(path);
    if (!file.problems().isEmpty()) {
      file.problems().forEach(problem -> err().println(path + ":" + problem));
      return FAILED;
    }
    AlertsConfig config = file.config().orElseThrow();
    config
        .receivers()
        .forEach(
            (name, channels) ->
                out().println(name + ": " + (channels.isEmpty() ? "tells nobody" : channels)));
    out().println(path + " is in order.");
    return 0;
  }

  private static AlertsFile read(Path path) {
    try {
      return AlertsFile.read(path, "");
    } catch (IOException e) {
      throw new IllegalArgumentException(
          ErrorId.ALERTS_CONFIG.line(path + " cannot be read: " + e + "."), e);
    }
  }

  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = "Sends one test notice to a receiver and prints its answer; exit 1 if refused.")
  int test(
      @Parameters(paramLabel = "RECEIVER") String name,
      @Option(
              names = "--config",
              paramLabel = "FILE",
              description =
                  "file of receivers; otherwise what EVENKEEL_ALERTS_FILE or"
                      + " EVENKEEL_WEBHOOK_URL say")
          @Nullable Path path)
      throws InterruptedException {
    AlertsConfig config = config(path);
    List<Receiver> receivers =
        Channels.of(config, clock).stream().filter(r -> isOf(r, name, config)).toList();
    if (receivers.isEmpty()) {
      err()
          .println(
              ErrorId.ALERTS_RECEIVER.line(
                  "There is no receiver '%s' with a channel; there are: %s."
                      .formatted(name, String.join(", ", config.receivers().keySet()))));
      return FAILED;
    }
    boolean taken = true;
    for (Receiver receiver : receivers) {
      taken &= tell(receiver);
    }
    return taken ? 0 : FAILED;
  }

  private static boolean isOf(Receiver receiver, String name, AlertsConfig config) {
    return receiver.id().equals(name)
        || config.receivers().getOrDefault(name, List.of()).stream()
            .anyMatch(channel -> channel.id(name).equals(receiver.id()));
  }

  private boolean tell(Receiver receiver) throws InterruptedException {
    Outcome outcome = receiver.deliver(TestNotice.of(clock.instant()));
    String where = receiver.id() + " at " + receiver.shownUrl() + ": ";
    return switch (outcome) {
      case Outcome.Delivered delivered -> {
        out().println(where + "taken, " + delivered.detail());
        yield true;
      }
      case Outcome.Retry retry -> {
        err().println(ErrorId.ALERTS_TEST.line(where + retry.detail() + "."));
        yield false;
      }
      case Outcome.Gone gone -> {
        err().println(ErrorId.WEBHOOK_GONE.line(where + gone.detail() + "."));
        yield false;
      }
    };
  }

  private AlertsConfig config(@Nullable Path path) {
    if (path == null) {
      Map<String, String> settings = new HashMap<>(environment);
      // Nothing is stored here, so what the controller needs a database for may be without one.
      settings.putIfAbsent("EVENKEEL_DB_URL", "jdbc:postgresql://localhost/unused");
      return ControllerConfig.from(settings).alerts();
    }
    AlertsFile file = read(path);
    if (file.config().isEmpty()) {
      file.problems().forEach(problem -> err().println(path + ":" + problem));
      throw new IllegalArgumentException(
          ErrorId.ALERTS_CONFIG.line(path + " has " + file.problems().size() + " errors."));
    }
    return file.config().get();
  }
}
