package io.evenkeel.bench.store;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Milliseconds from handing a record to the Kafka client until a query on the views shows it, at
 * {@value #PER_SECOND} records a second: an observation and a step's signals in turns.
 *
 * @param records measured
 * @param p50 median, ms
 * @param p99 ms
 * @param max ms
 */
record Visibility(int records, double p50, double p99, double max) {
  /** Records a second. */
  static final int PER_SECOND = 100;

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int WARM_UP_SECONDS = 3;
  private static final String RUN = "bench-visible";

  static Visibility measure(Tables tables, Broker broker, Workload workload, int seconds)
      throws BenchException {
    int steps = (seconds + WARM_UP_SECONDS) * PER_SECOND / 2;
    int warmUp = WARM_UP_SECONDS * PER_SECOND / 2;
    long[] observed = new long[steps];
    long[] signalled = new long[steps];
    long[] sentObservation = new long[steps];
    long[] sentSignals = new long[steps];
    CompletableFuture<Void> watch =
        CompletableFuture.runAsync(() -> watch(tables, observed, signalled));
    long begin = System.nanoTime();
    long gap = 1_000_000_000L / PER_SECOND;
    for (int step = 0; step < steps; step++) {
      pauseUntil(begin + 2 * step * gap);
      sentObservation[step] = System.nanoTime();
      broker.send(workload.telemetry(RUN, step, 0));
      pauseUntil(begin + (2 * step + 1) * gap);
      sentSignals[step] = System.nanoTime();
      broker.send(workload.signals(RUN, step));
    }
    try {
      watch.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new BenchException(
          ErrorId.BENCH_STORE, "not all records came into the views: " + e + ".");
    }
    double[] millis = new double[2 * (steps - warmUp)];
    for (int i = warmUp; i < steps; i++) {
      millis[2 * (i - warmUp)] = (observed[i] - sentObservation[i]) / 1e6;
      millis[2 * (i - warmUp) + 1] = (signalled[i] - sentSignals[i]) / 1e6;
    }
    Arrays.sort(millis);
    return new Visibility(
        millis.length,
        millis[millis.length / 2],
        millis[millis.length * 99 / 100],
        millis[millis.length - 1]);
  }

  private static void pauseUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Notes when each step was first seen. */
  private static void watch(Tables tables, long[] observed, long[] signalled) {
    try (Connection connection = tables.connect();
        PreparedStatement observations =
            connection.prepareStatement(
                "select last_step from ui_v1_telemetry_counts where run = ? and stored > 0");
        PreparedStatement signals =
            connection.prepareStatement(
                "select step from ui_v1_run_steps where run = ? order by step desc limit 1")) {
      observations.setString(1, RUN);
      signals.setString(1, RUN);
      int nextObserved = 0;
      int nextSignalled = 0;
      while (nextObserved < observed.length || nextSignalled < signalled.length) {
        nextSignalled = note(signals, signalled, nextSignalled);
        nextObserved = note(observations, observed, nextObserved);
        LockSupport.parkNanos(2_000_000);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int note(PreparedStatement query, long[] seen, int next) throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      long last = rows.next() ? rows.getLong(1) : -1;
      int known = next;
      while (known < seen.length && known <= last) {
        seen[known++] = System.nanoTime();
      }
      return known;
    }
  }
}
