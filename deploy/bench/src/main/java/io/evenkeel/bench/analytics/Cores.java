package io.evenkeel.bench.analytics;

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

  /** What goes before a command; nothing where there is no taskset, or too few cores. */
  List<String> prefix() {
    boolean holds =
        !list.isEmpty()
            && Files.isExecutable(TASKSET)
            && Runtime.getRuntime().availableProcessors() >= 2;
    return holds ? List.of(TASKSET.toString(), "-c", list) : List.of();
  }
}
