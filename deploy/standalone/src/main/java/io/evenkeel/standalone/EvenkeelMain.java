package io.evenkeel.standalone;

import io.evenkeel.standalone.archive.DeleteCommand;
import io.evenkeel.standalone.archive.ExportCommand;
import io.evenkeel.standalone.doctor.DoctorCommand;
import io.evenkeel.standalone.replay.ReplayCommand;
import io.evenkeel.standalone.rules.RulesCommand;
import io.evenkeel.standalone.silences.SilencesCommand;
import io.evenkeel.standalone.up.UpCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry of the commands that the launcher hands over. */
@Command(
    name = "evenkeel",
    mixinStandardHelpOptions = true,
    description = "Watches and steers the training of large mixture-of-experts models.",
    subcommands = {
      UpCommand.class,
      ReplayCommand.class,
      ExportCommand.class,
      DeleteCommand.class,
      RulesCommand.class,
      SilencesCommand.class,
      DoctorCommand.class
    })
public final class EvenkeelMain implements Runnable {
  /** Runs a command and ends with its exit status. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new EvenkeelMain()).execute(args));
  }

  /** Without a command: what there is. */
  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
