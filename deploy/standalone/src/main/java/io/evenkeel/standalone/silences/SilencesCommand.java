package io.evenkeel.standalone.silences;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Of the commands of {@code ./evenkeel alerts}, those that need the store. */
@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    description = "Silences (docs/alerts.md). Besides: alerts check FILE, alerts test RECEIVER.",
    subcommands = {SilenceCommand.class, ListSilencesCommand.class, ExpireCommand.class})
public final class SilencesCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  /** Without a command: what there is. */
  @Override
  public void run() {
    CommandSpec command = spec;
    if (command != null) {
      CommandLine.usage(command.commandLine(), System.out);
    }
  }
}
