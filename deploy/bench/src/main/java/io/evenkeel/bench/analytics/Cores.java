package io.evenkeel.bench.analytics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Which cores a process may use. */
enum Cores {
  ONE("0"),
  TWO("0,1"),
  ALL("");

  private static final Path TASKSET = Path.of("/usr/bin/taskset");

  private final String list;

  Cores(String list) {
    this.list = list;
  }

  /** How many, as a JVM is told: its collector and compiler are then those of so many. */
  List<String> option() {
    return list.isEmpty()
        ? List.of()
        : List.of("-XX:ActiveProcessorCount=" + list.split(",", -1).length);
  }

  /**
   * Holds a process that runs to them; does nothing where there is no taskset, or too few cores.
   */
  void hold(long process) throws IOException, InterruptedException {
    boolean can =
        !list.isEmpty()
            && Files.isExecutable(TASKSET)
            && Runtime.getRuntime().availableProcessors() >= 2;
    if (can) {
      new ProcessBuilder(TASKSET.toString(), "-a", "-c", "-p", list, Long.toString(process))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    }
  }
}
