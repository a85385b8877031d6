package io.evenkeel.system;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A small file system, in memory, that one command and its children see: it is mounted in a mount
 * namespace of their own. Nothing of it stays when they have ended. Where the kernel allows no
 * namespace, the calling test is skipped, saying so.
 */
final class SmallDisk {
  private static final int BLOCK = 4_096;
  private static final int BLOCKS_AT_ONCE = 64;

  private final Path folder;
  private final int megabytes;

  /**
   * A file system that is not mounted yet.
   *
   * @param folder where it will be; an empty folder
   */
  SmallDisk(Path folder, int megabytes) {
    this.folder = folder;
    this.megabytes = megabytes;
  }

  /**
   * The command that mounts it, prepares what lies on it, and becomes another one.
   *
   * @param preparation lines of a shell, for which $1 is the folder
   * @return the beginning of a command line, to which the other command is added
   */
  List<String> before(String preparation) throws IOException, InterruptedException {
    List<String> namespace = namespace();
    requireMounts(namespace);
    List<String> command = new ArrayList<>(namespace);
    String script =
        "set -e\nmount -t tmpfs -o size=%dm,mode=755 evenkeel \"$1\"\n%s\nshift\nexec \"$@\""
            .formatted(megabytes, preparation);
    command.addAll(List.of("sh", "-c", script, "small-disk", folder.toString()));
    return command;
  }

  /** Where it lies for those who see it. */
  Path folder() {
    return folder;
  }

  /** Where it lies for everybody else. */
  Path seenOf(long pid) {
    return Path.of("/proc", Long.toString(pid), "root" + folder);
  }

  /** Takes all room that there is. */
  void fill(long pid) throws IOException {
    Path filler = seenOf(pid).resolve("filler");
    for (int blocks : new int[] {BLOCKS_AT_ONCE, 1}) {
      byte[] zeros = new byte[BLOCK * blocks];
      try (OutputStream out =
          Files.newOutputStream(
              filler,
              java.nio.file.StandardOpenOption.CREATE,
              java.nio.file.StandardOpenOption.APPEND)) {
        while (true) {
          out.write(zeros);
        }
      } catch (IOException e) {
        if (!String.valueOf(e.getMessage()).contains("No space left")) {
          throw e;
        }
      }
    }
  }

  /** Gives back what {@link #fill} has taken. */
  void makeRoom(long pid) throws IOException {
    Files.delete(seenOf(pid).resolve("filler"));
  }

  /** Root needs no namespace of users for it. */
  private static List<String> namespace() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0
        ? List.of("unshare", "--mount")
        : List.of("unshare", "--user", "--map-current-user", "--keep-caps", "--mount");
  }

  private void requireMounts(List<String> namespace) throws InterruptedException {
    List<String> command = new ArrayList<>(namespace);
    command.addAll(List.of("mount", "-t", "tmpfs", "-o", "size=1m", "evenkeel", folder.toString()));
    try {
      Process trial = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said =
          new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (trial.waitFor() != 0) {
        abort("a full disk is not tested here, since nothing can be mounted: " + said);
      }
    } catch (IOException e) {
      abort("a full disk is not tested here, since there is no unshare: " + e.getMessage());
    }
  }
}
