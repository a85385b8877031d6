package io.evenkeel.bench.analytics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the compilers of a JVM take of a processor. They go on for minutes after the code has begun
 * to run often, a third of one core meanwhile: that is a cost of starting, and not of a record.
 */
final class Compilers {

  /** A JVM's option: a compiler's thread that ended would take what it has used along. */
  static final String KEPT = "-XX:-UseDynamicNumberOfCompilerThreads";

  private static final List<String> THREADS = List.of("C1 CompilerThre", "C2 CompilerThre");
  private static final double NANOS = 1e9;

  private Compilers() {}

  /**
   * Processor time that a process's compilers have used, seconds; 0 where {@code /proc} does not
   * tell.
   */
  static double seconds(long process) throws IOException {
    Path tasks = Path.of("/proc", Long.toString(process), "task");
    if (!Files.isDirectory(tasks)) {
      return 0;
    }
    List<Path> threads;
    try (Stream<Path> all = Files.list(tasks)) {
      threads = all.toList();
    }
    double seconds = 0;
    for (Path thread : threads) {
      seconds += THREADS.contains(read(thread.resolve("comm"))) ? used(thread) : 0;
    }
    return seconds;
  }

  private static double used(Path thread) {
    String text = read(thread.resolve("schedstat"));
    int end = text.indexOf(' ');
    return end < 0 ? 0 : Long.parseLong(text.substring(0, end)) / NANOS;
  }

  /** A thread that is no more has nothing to tell. */
  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
