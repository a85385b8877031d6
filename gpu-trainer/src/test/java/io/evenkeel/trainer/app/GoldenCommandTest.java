package io.evenkeel.trainer.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trainer.golden.GoldenFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class GoldenCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = TrainerMain.commandLine();
    return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
  }

  @Test
  void shouldExitWithZeroWhenAllCasesPassOnBothBackends() {
    GoldenFiles.unpack("p1_tiny", folder);

    assertThat(run("golden", folder.toString())).isZero();
    assertThat(out.toString().lines()).last().isEqualTo("2 passed, 0 failed");
  }

  @Test
  void shouldRunOneBackendWhenItIsNamed() {
    GoldenFiles.unpack("p1_tiny", folder);

    assertThat(run("golden", folder.toString(), "--backend", "reference")).isZero();
    assertThat(out.toString().lines()).last().isEqualTo("1 passed, 0 failed");
  }

  @Test
  void shouldExitWithOneWhenACaseFails() throws IOException {
    Path file = GoldenFiles.unpack("p1_tiny", folder);
    String text = Files.readString(file);
    Files.writeString(file, text.replace("\"grad_norm\": 2.60", "\"grad_norm\": 2.61"));

    assertThat(run("golden", folder.toString())).isEqualTo(1);
    assertThat(out.toString())
        .contains("p1_tiny.json grad_norm expected 2.61")
        .endsWith(System.lineSeparator())
        .contains("0 passed, 2 failed");
  }

  @Test
  void shouldExitWithTwoWhenTheFolderIsEmpty() {
    assertThat(run("golden", folder.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("EVK-GOLDEN-NO-CASES");
  }

  @Test
  void shouldExitWithTwoWhenTheFolderIsNotThere() {
    assertThat(run("golden", folder.resolve("absent").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("EVK-GOLDEN-NO-CASES").contains("no such folder");
  }
}
