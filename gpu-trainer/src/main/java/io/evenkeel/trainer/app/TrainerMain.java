package io.evenkeel.trainer.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry point of the trainer. */
@Command(
    name = "trainer",
    mixinStandardHelpOptions = true,
    description = "The mixture-of-experts trainer of Evenkeel.",
    subcommands = {TrainCommand.class, GoldenCommand.class})
public final class TrainerMain implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private TrainerMain() {}

  /** Runs a command and exits with its status. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line, for tests to drive. */
  static CommandLine commandLine() {
    return new CommandLine(new TrainerMain()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command.");
  }
}
