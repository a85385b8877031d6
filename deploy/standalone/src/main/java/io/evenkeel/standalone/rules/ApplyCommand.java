package io.evenkeel.standalone.rules;

import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.standalone.archive.OnDatabase;
import io.evenkeel.standalone.up.Home;
import io.evenkeel.standalone.up.Pipeline;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code ./evenkeel rules apply}. */
@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    description = "Puts the rules of a file into force; the others stay as they are.")
final class ApplyCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "FILE", description = "The rules, as YAML.")
  private Path file = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of all data (default .evenkeel in the source tree).")
  private @Nullable Path data;

  /** The exit status is 0, or 1 after a reason has been printed; then none is written. */
  @Override
  public Integer call() {
    Optional<List<AlertRule>> rules = CheckedFile.read(file, System.out);
    return rules.isEmpty()
        ? 1
        : OnDatabase.run(
            Home.data(data),
            Pipeline.Parts.STORE,
            System.err,
            (pipeline, connection) -> {
              new RuleTopic(pipeline.bootstrap()).write(rules.get());
              RuleTable.print(rules.get(), System.out);
              System.out.println("  In force from the next step on.");
              return 0;
            });
  }
}
