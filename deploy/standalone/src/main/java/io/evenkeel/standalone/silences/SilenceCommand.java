package io.evenkeel.standalone.silences;

import io.evenkeel.alerting.route.LabelMatcher;
import io.evenkeel.contract.command.SilenceAlerts;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.standalone.archive.OnDatabase;
import io.evenkeel.standalone.up.Home;
import io.evenkeel.standalone.up.Pipeline;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code ./evenkeel alerts silence}. */
@Command(
    name = "silence",
    mixinStandardHelpOptions = true,
    description = "Tells nobody of some alerts for a while.")
final class SilenceCommand implements Callable<Integer> {
  static final Duration PATIENCE = Duration.ofSeconds(10);

  @Parameters(
      arity = "1..*",
      paramLabel = "MATCHER",
      description = "Such as run=\"a\" or rule=~\"loss-.*\"; all of them must hold.")
  private List<String> matchers = List.of();

  @Option(
      names = "--for",
      paramLabel = "TIME",
      required = true,
      description = "For how long: 30m, 2h, 1d12h.")
  private String lasting = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for people.")
  private String reason = "";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of all data (default .evenkeel in the source tree).")
  private @Nullable Path data;

  /** The exit status is 0, or 1 after a reason has been printed. */
  @Override
  public Integer call() {
    SilenceAlerts silence;
    try {
      LabelMatcher.parseAll(matchers);
      Instant now = Clock.systemUTC().instant();
      silence = new SilenceAlerts(matchers, now, now.plus(Span.parse(lasting)), reason);
    } catch (IllegalArgumentException e) {
      System.err.println(ErrorId.SILENCE_INVALID.line(e.getMessage() + "."));
      return 1;
    }
    return OnDatabase.run(
        Home.data(data),
        Pipeline.Parts.STORE,
        System.err,
        (pipeline, connection) ->
            new RequestLine(pipeline.bootstrap(), connection, Clock.systemUTC(), PATIENCE)
                .ask(System.getProperty("user.name", "unknown"), silence, System.out));
  }
}
