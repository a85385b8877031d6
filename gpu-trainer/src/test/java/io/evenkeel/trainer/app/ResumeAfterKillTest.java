package io.evenkeel.trainer.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.evenkeel.trainer.checkpoint.Checkpoint;
import io.evenkeel.trainer.checkpoint.RunFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A trainer in a process of its own, killed as a machine that loses power kills it. */
final class ResumeAfterKillTest {
  private static final String RUN = "killed";
  private static final int STEPS = 60;

  @TempDir Path folder;

  private List<String> arguments(Path data, Path config) {
    return List.of(
        "train",
        "--config",
        config.toString(),
        "--backend",
        "cpu",
        "--threads",
        "1",
        "--run",
        RUN,
        "--data",
        data.toString(),
        "--report",
        data.resolve("report.json").toString());
  }

  private Path config() throws IOException {
    return Files.writeString(
        folder.resolve("config.yaml"),
        """
        preset: tiny
        training:
          steps: %d
          progress_every: 1
          checkpoint_every: 4
        """
            .formatted(STEPS));
  }

  private static int train(List<String> arguments) {
    CommandLine command = TrainerMain.commandLine();
    command.setOut(new PrintWriter(new StringWriter()));
    return command.execute(arguments.toArray(String[]::new));
  }

  private static Checkpoint newest(Path data) throws IOException {
    return RunFolder.open(data, RUN).checkpoints().getFirst();
  }

  @Test
  void shouldEndWithTheSameBitsAsARunThatWasNeverStoppedWhenKilledMidway() throws Exception {
    Path config = config();
    Path unbroken = Files.createDirectory(folder.resolve("unbroken"));
    assertThat(train(arguments(unbroken, config))).isZero();

    Path broken = Files.createDirectory(folder.resolve("broken"));
    String java = ProcessHandle.current().info().command().orElseThrow();
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                TrainerMain.class.getName()));
    command.addAll(arguments(broken, config));
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader lines = child.inputReader()) {
      String line = lines.readLine();
      while (line != null && !line.startsWith("step    22/")) {
        line = lines.readLine();
      }
      assertThat(line).as("the trainer must be alive at step 22").isNotNull();
      // SIGKILL on Linux: nothing of the process runs any more, no hook, no last checkpoint.
      child.destroyForcibly();
      child.waitFor();
    }
    long killedAfter = newest(broken).manifest().nextStep();
    assertThat(killedAfter).isBetween(16L, STEPS - 1L);

    assertThat(train(arguments(broken, config))).isZero();

    assertThat(newest(broken).manifest().incarnation()).isEqualTo(1);
    assertThat(Files.readAllBytes(newest(broken).tensors()))
        .isEqualTo(Files.readAllBytes(newest(unbroken).tensors()));
    JsonNode report = new JsonMapper().readTree(broken.resolve("report.json").toFile());
    JsonNode expected = new JsonMapper().readTree(unbroken.resolve("report.json").toFile());
    assertThat(report.path("trained_steps").asLong()).isEqualTo(STEPS - killedAfter);
    assertThat(report.path("validation_loss").asDouble())
        .isEqualTo(expected.path("validation_loss").asDouble());
  }
}
