package io.evenkeel.standalone.rules;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command line of {@code ./evenkeel rules check}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Tells everything that is wrong with a rule file, with line and column.")
final class CheckCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "FILE", description = "The rules, as YAML.")
  private Path file = Path.of("");

  /** The exit status is 0, or 1 after the errors have been printed. */
  @Override
  public Integer call() {
    return CheckedFile.read(file, System.out)
        .map(
            rules -> {
              RuleTable.print(rules, System.out);
              System.out.println(
                  "  " + rules.size() + (rules.size() == 1 ? " rule, fine." : " rules, all fine."));
              return 0;
            })
        .orElse(1);
  }
}
