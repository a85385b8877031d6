package io.evenkeel.writer.metrics;

import io.evenkeel.contract.error.ErrorId;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.Locale;

/** The writer's metrics. Thread-safe. */
public final class WriterMetrics {

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter records =
      Counter.builder()
          .withoutExemplars()
          .name("evenkeel_writer_records_total")
          .help("Records of Kafka that are stored or dead-lettered.")
          .register(registry);
  private final Counter bytes =
      Counter.builder()
          .withoutExemplars()
          .name("evenkeel_writer_bytes_total")
          .help("Bytes of the values of the records that are stored or dead-lettered.")
          .register(registry);
  private final Histogram batchTime =
      Histogram.builder()
          .withoutExemplars()
          .name("evenkeel_writer_batch_seconds")
          .help("Time that a batch took to store and commit, retries not counted.")
          .unit(Unit.SECONDS)
          .classicOnly()
          .classicUpperBounds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
          .register(registry);
  private final Counter deadLetters =
      Counter.builder()
          .withoutExemplars()
          .name("evenkeel_writer_dead_letters_total")
          .help("Records that could not be read or stored, by error id.")
          .labelNames("id")
          .register(registry);
  private final Counter failures =
      Counter.builder()
          .withoutExemplars()
          .name("evenkeel_writer_store_failures_total")
          .help("Attempts to store a batch that failed and are made again, by error id.")
          .labelNames("id")
          .register(registry);
  private final Gauge lagRecords =
      Gauge.builder()
          .withoutExemplars()
          .name("evenkeel_writer_lag_records")
          .help("Records in this writer's partitions that are not stored yet.")
          .register(registry);
  private final Gauge lagSeconds =
      Gauge.builder()
          .withoutExemplars()
          .name("evenkeel_writer_lag_seconds")
          .help(
              "Age of the oldest record that is read and not stored yet, by the clock of its"
                  + " sender; 0 when there is none.")
          .unit(Unit.SECONDS)
          .register(registry);
  private final Gauge databaseState =
      Gauge.builder()
          .withoutExemplars()
          .name("evenkeel_writer_database_state")
          .help(
              "1 for the state (`ok`, `unavailable`, `full`) that the database is in, as the"
                  + " last attempt to store found it.")
          .labelNames("state")
          .register(registry);

  private final Counter upkeepFailures =
      Counter.builder()
          .withoutExemplars()
          .name("evenkeel_writer_upkeep_failures_total")
          .help(
              "Rounds of upkeep that failed and are made again, by task (`roll-ups`, `backlog`,"
                  + " `partitions`, `compression`, `retention`) and error id.")
          .labelNames("task", "id")
          .register(registry);
  private final Gauge rollupBlocks =
      Gauge.builder()
          .withoutExemplars()
          .name("evenkeel_writer_rollup_blocks")
          .help(
              "Blocks of 1024 steps in the database that have changed since they were rolled up, of"
                  + " all runs, those that runs are still filling included; NaN while that is not"
                  + " known.")
          .register(registry);
  private final Gauge rollupOverdue =
      Gauge.builder()
          .withoutExemplars()
          .name("evenkeel_writer_rollup_overdue_seconds")
          .help(
              "How long ago the first of these blocks should have been rolled up; 0 when none is"
                  + " due, NaN while that is not known.")
          .unit(Unit.SECONDS)
          .register(registry);

  /** How the database was found. */
  private enum State {
    OK,
    UNAVAILABLE,
    FULL
  }

  /** Metrics of a writer that has done nothing yet. */
  public WriterMetrics() {
    found(State.OK);
    rollupBacklogUnknown();
  }

  /** What is served. */
  public PrometheusRegistry registry() {
    return registry;
  }

  /** A batch is stored. */
  public void stored(int batchRecords, long batchBytes, long nanos) {
    records.inc(batchRecords);
    bytes.inc(batchBytes);
    batchTime.observe(nanos / 1e9);
    found(State.OK);
  }

  /** An attempt to store a batch failed, and will be made again. */
  public void failed(ErrorId errorId) {
    failures.labelValues(errorId.id()).inc();
    if (errorId == ErrorId.DB_DISK_FULL) {
      found(State.FULL);
    } else if (errorId == ErrorId.DB_UNAVAILABLE) {
      found(State.UNAVAILABLE);
    }
  }

  /** A record has become a dead letter. */
  public void deadLettered(String errorId) {
    deadLetters.labelValues(errorId).inc();
  }

  /**
   * How far behind the writer is.
   *
   * @param behind records not stored, &gt;= 0
   * @param seconds age of the oldest of those that are read, &gt;= 0
   */
  public void lag(long behind, double seconds) {
    lagRecords.set(behind);
    lagSeconds.set(seconds);
  }

  /** A round of a task of upkeep failed, and will be made again. */
  public void upkeepFailed(String task, ErrorId errorId) {
    upkeepFailures.labelValues(task, errorId.id()).inc();
  }

  /**
   * What is not rolled up.
   *
   * @param blocks blocks of 1024 steps, &gt;= 0
   * @param overdueSeconds how long the first of them has been due, &gt;= 0
   */
  public void rollupBacklog(long blocks, double overdueSeconds) {
    rollupBlocks.set(blocks);
    rollupOverdue.set(overdueSeconds);
  }

  /** Nobody knows what is not rolled up. */
  public void rollupBacklogUnknown() {
    rollupBlocks.set(Double.NaN);
    rollupOverdue.set(Double.NaN);
  }

  private void found(State state) {
    for (State each : State.values()) {
      databaseState.labelValues(each.name().toLowerCase(Locale.ROOT)).set(each == state ? 1 : 0);
    }
  }
}
