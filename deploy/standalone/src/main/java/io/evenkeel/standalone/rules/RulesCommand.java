package io.evenkeel.standalone.rules;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The commands of {@code ./evenkeel rules}. */
@Command(
    name = "rules",
    mixinStandardHelpOptions = true,
    description = "Alert rules of one's own (docs/rules.md).",
    subcommands = {
      CheckCommand.class,
      BacktestCommand.class,
      ApplyCommand.class,
      ListCommand.class,
      DeleteRuleCommand.class
    })
public final class RulesCommand implements Runnable {
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
