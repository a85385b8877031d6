package io.evenkeel.standalone.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {

  @TempDir Path folder;

  @Test
  void shouldEndWithZeroWhenAllRulesAreFine() throws Exception {
    Path file = file("rules:\n  - rule: mine\n    expression: loss > 3\n");
    Result result = run("check", file.toString());
    assertThat(result.status()).isZero();
    assertThat(result.output()).contains("mine", "loss > 3", "1 rule, fine.");
  }

  @Test
  void shouldPointAtEveryErrorAndEndWithOneWhenThereAreSome() throws Exception {
    Path file = file("rules:\n  - rule: mine\n    expression: los > 3 || x\n");
    Result result = run("check", file.toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output())
        .contains(
            file + ":3:17: there is no variable or function 'los'; did you mean 'loss'?",
            "        expression: los > 3 || x\n                    ^",
            file + ":3:28: there is no variable or function 'x'",
            "EVK-RULE-INVALID: 2 errors.");
  }

  @Test
  void shouldSayThatThereIsNoFileWhenThereIsNone() {
    Result result = run("check", folder.resolve("none.yaml").toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).startsWith("EVK-CONFIG-INVALID: There is no file");
    assertThat(run("backtest", folder.resolve("none.yaml").toString(), "--run", "r").status())
        .isEqualTo(1);
  }

  private record Result(int status, String output) {}

  private static Result run(String... arguments) {
    PrintStream console = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      int status = new CommandLine(new RulesCommand()).execute(arguments);
      return new Result(status, bytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(console);
    }
  }

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("rules.yaml"), text);
  }
}
