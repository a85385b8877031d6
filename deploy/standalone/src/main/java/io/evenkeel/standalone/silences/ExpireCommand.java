package io.evenkeel.standalone.silences;

import io.evenkeel.contract.command.EndSilence;
import io.evenkeel.standalone.archive.OnDatabase;
import io.evenkeel.standalone.up.Home;
import io.evenkeel.standalone.up.Pipeline;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code ./evenkeel alerts expire}. */
@Command(
    name = "expire",
    mixinStandardHelpOptions = true,
    description = "Ends a silence before its time.")
final class ExpireCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "SILENCE", description = "Its id, as silences lists it.")
  private String silence = "";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of all data (default .evenkeel in the source tree).")
  private @Nullable Path data;

  /** The exit status is 0, or 1 after a reason has been printed. */
  @Override
  public Integer call() {
    return OnDatabase.run(
        Home.data(data),
        Pipeline.Parts.STORE,
        System.err,
        (pipeline, connection) ->
            new RequestLine(
                    pipeline.bootstrap(), connection, Clock.systemUTC(), SilenceCommand.PATIENCE)
                .ask(
                    System.getProperty("user.name", "unknown"),
                    new EndSilence(silence),
                    System.out));
  }
}
