package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.store.StoreFault;
import jakarta.annotation.PreDestroy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.stereotype.Component;

/**
 * Reads several series at once, each in a query of its own: one that fails fails alone.
 * Thread-safe.
 */
@Component
class SeriesReaders {
  /** Lines of which each has all its buckets; of more, each has fewer. */
  private static final int LINES_IN_FULL = 8;

  // Fewer than the pool of connections has, so that pages without charts are not kept waiting.
  private static final int AT_ONCE = 4;

  private final RunReader reader;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          AT_ONCE, Thread.ofPlatform().name("series-", 0).daemon().factory());

  SeriesReaders(RunReader reader) {
    this.reader = reader;
  }

  /** What was asked for, or the failure of it; waits. */
  static <T> T wait(Future<T> asked) {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new CompletionException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }

  /** The readers' threads, for what belongs to no feed. */
  ExecutorService threads() {
    return threads;
  }

  /** These metrics, all of them; waits. */
  Map<Metric, Series> read(String run, Range range, Collection<Metric> metrics) {
    Map<Metric, CompletableFuture<Series>> asked = new EnumMap<>(Metric.class);
    for (Metric metric : metrics) {
      asked.put(metric, CompletableFuture.supplyAsync(() -> one(run, range, metric), threads));
    }
    Map<Metric, Series> series = new EnumMap<>(Metric.class);
    asked.forEach((metric, answer) -> series.put(metric, answer.join()));
    return series;
  }

  /** One metric, or why it could not be read. */
  Series one(String run, Range range, Metric metric) {
    int buckets = buckets(metric.table(), range.layers());
    try {
      return new Series.Loaded(
          reader.series(run, metric.seriesName(), range.from(), range.to(), buckets));
    } catch (RuntimeException e) {
      return new Series.Failed(StoreFault.of(e));
    }
  }

  /** The knobs in force at the end, by label; waits. */
  Map<String, List<Point>> knobs(String run, Range range) {
    List<CompletableFuture<Map.Entry<String, List<Point>>>> asked = new ArrayList<>();
    for (List<String> name : reader.knobNames(run, range.to())) {
      asked.add(CompletableFuture.supplyAsync(() -> knob(run, range, name), threads));
    }
    Map<String, List<Point>> knobs = new TreeMap<>();
    try {
      asked.forEach(answer -> knobs.put(answer.join().getKey(), answer.join().getValue()));
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
    return knobs;
  }

  private Map.Entry<String, List<Point>> knob(String run, Range range, List<String> name) {
    List<Point> points =
        reader
            .series(run, "knob." + name.get(0), range.from(), range.to(), RunReader.BUCKETS)
            .getOrDefault(name.get(1), List.of());
    return Map.entry(RunReader.label(name.get(0), name.get(1)), points);
  }

  /** Into how many buckets a series of this table is read. */
  static int buckets(Metric.Table table, int layers) {
    return table == Metric.Table.RUN || layers <= LINES_IN_FULL
        ? RunReader.BUCKETS
        : Math.max(60, RunReader.BUCKETS * LINES_IN_FULL / layers);
  }

  @PreDestroy
  void stop() {
    threads.shutdownNow();
  }

  /**
   * Steps to be read.
   *
   * @param from first
   * @param to last
   * @param layers of the run; many share the buckets
   */
  record Range(long from, long to, int layers) {

    /** How many steps a bucket has where there are at most so many: a power of two. */
    static long width(long from, long to, int buckets) {
      long width = 1;
      while (to / width - from / width >= buckets) {
        width *= 2;
      }
      return width;
    }
  }
}
