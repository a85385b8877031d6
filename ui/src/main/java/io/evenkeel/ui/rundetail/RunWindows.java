package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.chart.Knot;
import io.evenkeel.ui.chart.LayerLoads;
import io.evenkeel.ui.chart.LoadMap;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.store.StoreFault;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Reads parts of a run's steps for one page at a time, in buckets as fine as the part allows: what
 * a reader sees when zooming in. Listeners are called on the readers' threads, at most four times a
 * second, and must not block. Thread-safe.
 */
@Component
public class RunWindows {

  // The first answer at once; then no more than four a second.
  private static final long NEXT_MILLIS = 250;
  private static final int PAST_LAYERS = 8;

  private final RunReader reader;
  private final SeriesReaders readers;
  private final ScheduledExecutorService timer;
  private final AtomicLong pastSerial = new AtomicLong();

  RunWindows(RunReader reader, SeriesReaders readers, ScheduledExecutorService pollers) {
    this.reader = reader;
    this.readers = readers;
    this.timer = pollers;
  }

  /**
   * Reads a part.
   *
   * @param header the run
   * @param layer whose load is wanted
   * @param chart which is read first, and told of as soon as it has been; others follow
   * @param listener hears of what has been read so far, until all has
   * @param failed hears why knobs, loads or clock are missing; a metric tells by itself
   * @return ends it
   */
  public Runnable read(
      RunHeader header,
      Window window,
      int layer,
      String chart,
      Consumer<Part> listener,
      Consumer<StoreFault> failed) {
    var reading = new Reading(header, window, layer, RunCharts.metrics(chart), listener, failed);
    reading.start();
    return () -> reading.ended.set(true);
  }

  /** Reads the steps that newer incarnations took back, in a run or in a part of it. */
  public void past(
      RunHeader header, Window window, Consumer<Past> listener, Consumer<StoreFault> failed) {
    ask(() -> past(header, window), listener, failed);
  }

  /** Reads the load of all layers at a step. */
  public void layerLoads(
      RunHeader header, long step, Consumer<LayerLoads> listener, Consumer<StoreFault> failed) {
    ask(() -> reader.layerLoads(header, step), listener, failed);
  }

  /** Reads some of a run's own series, in buckets; one that has no steps there has no points. */
  public void ownSeries(
      RunHeader header,
      List<SeriesName> names,
      long from,
      long to,
      Consumer<Map<SeriesName, List<Point>>> listener,
      Consumer<StoreFault> failed) {
    ask(
        () -> {
          Map<SeriesName, List<Point>> read = new HashMap<>();
          for (SeriesName name : names) {
            read.put(
                name,
                reader
                    .series(header.run(), name.metric(), from, to, RunReader.BUCKETS)
                    .getOrDefault(name.series(), List.of()));
          }
          return read;
        },
        listener,
        failed);
  }

  private <T> void ask(Supplier<T> question, Consumer<T> listener, Consumer<StoreFault> failed) {
    readers
        .threads()
        .execute(
            () -> {
              T answer;
              try {
                answer = question.get();
              } catch (RuntimeException e) {
                failed.accept(StoreFault.of(e));
                return;
              }
              listener.accept(answer);
            });
  }

  Past past(RunHeader header, Window window) {
    Map<Metric, Map<Past.Key, List<Point>>> series = new EnumMap<>(Metric.class);
    for (RunReader.Taken taken : reader.takenBack(header.run())) {
      long from = Math.max(taken.from(), window.from());
      long to = Math.min(taken.to(), window.to());
      for (Metric metric : Metric.values()) {
        boolean few = metric.table() == Metric.Table.RUN || header.layers() <= PAST_LAYERS;
        if (from <= to && few) {
          reader
              .series(
                  header.run(),
                  taken.incarnation(),
                  metric.seriesName(),
                  from,
                  to,
                  RunReader.BUCKETS / 2)
              .forEach(
                  (name, points) ->
                      series
                          .computeIfAbsent(metric, unused -> new HashMap<>())
                          .put(new Past.Key(taken.incarnation(), name), points));
        }
      }
    }
    return new Past(pastSerial.incrementAndGet(), series);
  }

  /** One page's part, while it is read. */
  private final class Reading {
    private final RunHeader header;
    private final Window window;
    private final int layer;
    private final SeriesReaders.Range range;
    private final Set<Metric> first;
    private final Consumer<Part> listener;
    private final Consumer<StoreFault> failed;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean due = new AtomicBoolean();
    private final AtomicBoolean told = new AtomicBoolean();
    private final Map<Metric, Series> done = new ConcurrentHashMap<>();
    private volatile Map<String, List<Point>> knobs = Map.of();
    private volatile Map<Integer, LoadMap> loads = Map.of();
    private volatile List<Knot> clock = List.of();

    private Reading(
        RunHeader header,
        Window window,
        int layer,
        Set<Metric> first,
        Consumer<Part> listener,
        Consumer<StoreFault> failed) {
      this.header = header;
      this.window = window;
      this.layer = layer;
      this.range = new SeriesReaders.Range(window.from(), window.to(), header.layers());
      this.first = first;
      this.listener = listener;
      this.failed = failed;
    }

    private void start() {
      first.forEach(this::read);
    }

    private void read(Metric metric) {
      step(() -> done.put(metric, readers.one(header.run(), range, metric)));
    }

    // What is looked at first has been read: the others would only have kept it waiting.
    private void startOthers() {
      EnumSet.complementOf(EnumSet.copyOf(first)).forEach(this::read);
      step(() -> clock = reader.clock(header.run(), window.from(), window.to()));
      step(() -> loads = Map.of(layer, load(layer)));
      // Asks for more of the threads itself, and so must not sit on one.
      long last = header.lastStep() == null ? window.to() : header.lastStep();
      var known =
          new SeriesReaders.Range(window.from(), Math.min(window.to(), last), header.layers());
      Thread.ofVirtual().start(() -> guarded(() -> knobs = readers.knobs(header.run(), known)));
    }

    private LoadMap load(int layer) {
      int stride = RunSource.stride(window.from(), window.to());
      LoadMap empty =
          LoadMap.empty(stride, header.ffnExperts(), header.ffnExperts() + header.zeroExperts());
      return empty.with(reader.loads(header.run(), layer, window.from() - 1, window.to(), stride));
    }

    private void step(Runnable reads) {
      readers.threads().execute(() -> guarded(reads));
    }

    private void guarded(Runnable reads) {
      if (ended.get()) {
        return;
      }
      try {
        reads.run();
      } catch (RuntimeException e) {
        failed.accept(StoreFault.of(e));
      }
      if (!done.keySet().containsAll(first)) {
        return;
      }
      if (told.compareAndSet(false, true)) {
        tell();
        startOthers();
      } else if (due.compareAndSet(false, true)) {
        timer.schedule(this::tell, NEXT_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    private void tell() {
      due.set(false);
      if (ended.get()) {
        return;
      }
      Map<Metric, Series> series = new EnumMap<>(Metric.class);
      for (Metric metric : Metric.values()) {
        series.put(metric, done.getOrDefault(metric, new Series.Pending()));
      }
      listener.accept(new Part(window, series, knobs, loads, clock));
    }
  }
}
