package io.evenkeel.bench.store;

import io.evenkeel.embedded.EmbeddedPostgres;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Processor time that was used between two moments, seconds.
 *
 * @param writer by the writer
 * @param database by the server and its processes
 * @param broker by this process: the broker, and what looks on
 */
record CpuTime(double writer, double database, double broker) {

  /** Of a process since its start, seconds; 0 when it has ended. */
  static double of(long process) {
    return ProcessHandle.of(process)
        .flatMap(handle -> handle.info().totalCpuDuration())
        .map(time -> time.toNanos() / 1e9)
        .orElse(0.0);
  }

  /** The processor time that processes have used so far, by process. */
  record Reading(Map<Long, Duration> writer, Map<Long, Duration> database, Duration broker) {

    static Reading of(WriterProcess writer, EmbeddedPostgres server) {
      ProcessHandle own = ProcessHandle.current();
      return new Reading(
          used(Stream.of(writer.handle())),
          used(
              ProcessHandle.of(server.pid()).stream()
                  .flatMap(main -> Stream.concat(Stream.of(main), main.descendants()))),
          own.info().totalCpuDuration().orElse(Duration.ZERO));
    }

    /** What was used since an earlier reading; processes that have ended meanwhile are left out. */
    CpuTime since(Reading earlier) {
      return new CpuTime(
          difference(earlier.writer(), writer),
          difference(earlier.database(), database),
          broker.minus(earlier.broker()).toNanos() / 1e9);
    }

    private static Map<Long, Duration> used(Stream<ProcessHandle> processes) {
      Map<Long, Duration> used = new HashMap<>();
      processes.forEach(
          process ->
              process.info().totalCpuDuration().ifPresent(time -> used.put(process.pid(), time)));
      return used;
    }

    private static double difference(Map<Long, Duration> before, Map<Long, Duration> after) {
      return after.entrySet().stream()
          .mapToDouble(
              entry ->
                  entry
                          .getValue()
                          .minus(before.getOrDefault(entry.getKey(), Duration.ZERO))
                          .toNanos()
                      / 1e9)
          .sum();
    }
  }
}
