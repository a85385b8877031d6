package io.evenkeel.standalone.rules;

import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.standalone.archive.OnDatabase;
import io.evenkeel.standalone.up.Home;
import io.evenkeel.standalone.up.Pipeline;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of {@code ./evenkeel rules list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Shows the rules in force beside the built-in ones.")
final class ListCommand implements Callable<Integer> {

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
        (pipeline, connection) -> {
          Collection<AlertRule> rules = new RuleTopic(pipeline.bootstrap()).read().values();
          RuleTable.print(rules, System.out);
          if (rules.isEmpty()) {
            System.out.println("  No rules but the built-in ones.");
          }
          return 0;
        });
  }
}
