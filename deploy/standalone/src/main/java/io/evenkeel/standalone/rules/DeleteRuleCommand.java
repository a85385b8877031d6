package io.evenkeel.standalone.rules;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.standalone.archive.ArchiveFailure;
import io.evenkeel.standalone.archive.OnDatabase;
import io.evenkeel.standalone.up.Home;
import io.evenkeel.standalone.up.Pipeline;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code ./evenkeel rules delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description =
        "Deletes a rule; its open alerts are resolved. A built-in one goes back to its own settings.")
final class DeleteRuleCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "RULE", description = "Id of the rule.")
  private String rule = "";

  @Option(names = "--run", paramLabel = "ID", description = "The version of this run alone.")
  private String run = "";

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
          RuleTopic topic = new RuleTopic(pipeline.bootstrap());
          String key = RuleTopic.key(rule, run);
          if (!topic.read().containsKey(key)) {
            throw new ArchiveFailure(ErrorId.RULE_UNKNOWN, "There is no rule " + key + ".");
          }
          topic.delete(key);
          System.out.println("  Deleted " + key + ".");
          return 0;
        });
  }
}
