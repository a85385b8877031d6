package io.evenkeel.trainer.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.trainer.checkpoint.Checkpoint;
import io.evenkeel.trainer.checkpoint.RunFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trainer whose data folder fills up, or cannot be written to at all. */
final class FullDiskTest {
  private static final String RUN = "full";
  private static final int STEPS = 20;

  @TempDir Path folder;

  private static List<String> arguments(Path data, Path report) {
    return List.of(
        "train",
        "--config",
        "tiny",
        "--backend",
        "cpu",
        "--threads",
        "1",
        "--steps",
        Integer.toString(STEPS),
        "--checkpoint-every",
        "4",
        "--run",
        RUN,
        "--data",
        data.toString(),
        "--report",
        report.toString());
  }

  private static int train(List<String> arguments) {
    var command = TrainerMain.commandLine();
    command.setOut(new PrintWriter(new StringWriter()));
    return command.execute(arguments.toArray(String[]::new));
  }

  private static List<Checkpoint> checkpoints(Path data) throws IOException {
    return RunFolder.open(data, RUN).checkpoints();
  }

  @Test
  void shouldTrainToTheEndWhenTheDiskHasRoomForOneCheckpoint() throws Exception {
    Path roomy = folder.resolve("roomy");
    assertThat(train(arguments(roomy, roomy.resolve("report.json")))).isZero();
    Checkpoint unbroken = checkpoints(roomy).getFirst();
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path kept = folder.resolve("kept");
    Path log = folder.resolve("trainer.log");

    int status = trainOnSmallDisk(disk, Files.size(unbroken.tensors()) * 3 / 2, kept, log);

    String told = Files.readString(log);
    assertThat(status).as(told).isZero();
    assertThat(told).contains("EVK-TRAINER-CHECKPOINT", "Finished " + RUN);
    assertThat(checkpoints(kept))
        .as("the first one is whole, and the only one")
        .extracting(checkpoint -> checkpoint.manifest().nextStep())
        .containsExactly(4L);
    try (Stream<Path> files = Files.walk(kept)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".partial"));
    }
    assertThat(kept.resolve("report.json")).exists();

    // What is left is as good as any: on a roomy disk the run comes to the same weights from it.
    assertThat(train(arguments(kept, kept.resolve("again.json")))).isZero();
    Checkpoint resumed = checkpoints(kept).getFirst();
    assertThat(resumed.manifest().incarnation()).isEqualTo(1);
    assertThat(Files.readAllBytes(resumed.tensors()))
        .isEqualTo(Files.readAllBytes(unbroken.tensors()));
  }

  @Test
  void shouldTrainToTheEndWhenNothingCanBeWritten() throws Exception {
    Path inTheWay = Files.writeString(folder.resolve("file"), "in the way");

    assertThat(train(arguments(inTheWay, folder.resolve("report.json")))).isZero();

    assertThat(Files.readString(folder.resolve("report.json"))).contains("\"trained_steps\" : 20");
    assertThat(Files.readString(inTheWay)).isEqualTo("in the way");
  }

  @Test
  void shouldSayByItsStatusWhenTheReportAloneCannotBeWritten() throws Exception {
    Path inTheWay = Files.writeString(folder.resolve("file"), "in the way");
    Path data = folder.resolve("data");

    assertThat(train(arguments(data, inTheWay.resolve("report.json"))))
        .isEqualTo(TrainSession.UNREPORTED);

    assertThat(checkpoints(data).getFirst().manifest().nextStep()).isEqualTo(STEPS);
    assertThat(RunFolder.open(data, RUN).entry())
        .contains(new RunFolder.Entry(0, RunFolder.Standing.ENDED));
  }

  /**
   * Trains in a process that alone sees a file system of so many bytes, which goes with it.
   *
   * @param kept where what lay on it is copied to
   * @return the exit status
   */
  private static int trainOnSmallDisk(Path disk, long bytes, Path kept, Path log) throws Exception {
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    List<String> namespace =
        root
            ? List.of("unshare", "--mount")
            : List.of("unshare", "--user", "--map-current-user", "--keep-caps", "--mount");
    assumeTrue(
        canMount(namespace, disk),
        "skipped: this machine allows no mount in a namespace of one's own");
    List<String> command = new ArrayList<>(namespace);
    command.addAll(
        List.of(
            "sh",
            "-c",
            "mount -t tmpfs -o size="
                + bytes
                + " evenkeel \"$1\" || exit 99\n"
                + "disk=$1 kept=$2; shift 2; \"$@\"; status=$?; cp -a \"$disk\" \"$kept\"; exit $status",
            "small-disk",
            disk.toString(),
            kept.toString(),
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "--add-modules=jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            TrainerMain.class.getName()));
    command.addAll(arguments(disk, disk.resolve("report.json")));
    Process child =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!child.waitFor(2, TimeUnit.MINUTES)) {
      child.destroyForcibly();
      throw new AssertionError("still training:\n" + Files.readString(log));
    }
    return child.exitValue();
  }

  private static boolean canMount(List<String> namespace, Path disk) throws Exception {
    List<String> command = new ArrayList<>(namespace);
    command.addAll(List.of("mount", "-t", "tmpfs", "-o", "size=64k", "evenkeel", disk.toString()));
    try {
      Process child =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return child.waitFor(30, TimeUnit.SECONDS) && child.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
