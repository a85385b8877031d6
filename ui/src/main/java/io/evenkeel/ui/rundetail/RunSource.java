package io.evenkeel.ui.rundetail;

import io.evenkeel.contract.run.Knobs;
import io.evenkeel.ui.chart.Knot;
import io.evenkeel.ui.chart.LoadMap;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.livefeed.Source;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.runs.RunsReader;
import io.evenkeel.ui.store.NoSuchRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Follows one run: reads its history once, in buckets, then only what is new, until the series have
 * grown so long that they are bucketed again. {@code next} is called by one thread at a time; the
 * other methods by any.
 */
public final class RunSource implements Source<RunState> {
  private static final int COLUMNS = 120;
  // Steps that are rolled up together, and the length from which one block of them is next to
  // nothing.
  private static final long BLOCK = 1 << 10;
  private static final long SHORT = 128 * BLOCK;
  // Metrics that are read, and then shown, together.
  private static final int WAVE = 5;
  private static final Set<Metric> FIRST =
      EnumSet.of(Metric.LOSS_LM, Metric.LOSS_TOTAL, Metric.GRADIENT_NORM_RATIO);

  private final String run;
  private final RunsReader runs;
  private final RunReader reader;
  private final SeriesReaders readers;
  private final Set<Integer> layers = new ConcurrentSkipListSet<>(Set.of(0));
  private volatile boolean readAnew;

  private @Nullable RunState state;
  private final Map<Metric.Table, Long> read = new EnumMap<>(Metric.Table.class);
  private long knobsRead;
  private boolean catchingUp;
  private long historyBegin;
  private long historyEnd;
  private List<Knot> clock = List.of();

  RunSource(String run, RunsReader runs, RunReader reader, SeriesReaders readers) {
    this.run = run;
    this.runs = runs;
    this.reader = reader;
    this.readers = readers;
  }

  /** From the next tick on the state holds the loads of {@code layer}. */
  public void watchLayer(int layer) {
    layers.add(layer);
  }

  /** The next tick reads everything anew, also what failed. */
  public void retry() {
    readAnew = true;
  }

  @Override
  public RunState next() {
    RunHeader header = runs.find(run).orElseThrow(() -> new NoSuchRun(run));
    RunState before = state;
    boolean asked = readAnew;
    readAnew = false;
    RunState now;
    if (before == null
        || asked
        || before.header().incarnation() != header.incarnation()
        || grown(before)) {
      now = history(header, before);
    } else if (before.isUnfinished()) {
      now = rest(header, before);
    } else {
      now = follow(header, before);
    }
    state = now;
    return now;
  }

  @Override
  public boolean isUnfinished() {
    RunState now = state;
    return now != null && (now.isUnfinished() || catchingUp);
  }

  // Whether there are more than twice as many buckets as there are to be.
  private boolean grown(RunState before) {
    int layers = before.header().layers();
    return Arrays.stream(Metric.Table.values())
        .anyMatch(
            table ->
                width(table, layers, read.getOrDefault(table, -1L))
                    > 2 * width(table, layers, historyEnd));
  }

  private long width(Metric.Table table, int layers, long to) {
    return SeriesReaders.Range.width(
        historyBegin, Math.max(historyBegin, to), SeriesReaders.buckets(table, layers));
  }

  // What is seen first is read first, and shown while the rest is read.
  private RunState history(RunHeader header, @Nullable RunState before) {
    // All series end at the same step, whatever arrives while they are read.
    historyBegin = header.firstStep() == null ? 0 : header.firstStep();
    historyEnd = rolledUp(historyBegin, reader.lastStep(run));
    catchingUp = true;
    for (Metric.Table table : Metric.Table.values()) {
      read.put(table, historyEnd);
    }
    knobsRead = historyEnd;
    Map<Metric, Series> series = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      series.put(metric, new Series.Pending());
    }
    Future<List<Knot>> times =
        readers.threads().submit(() -> reader.clock(run, historyBegin, historyEnd));
    series.putAll(readers.read(run, wanted(header), FIRST));
    clock = SeriesReaders.wait(times);
    long generation = before == null ? 1 : before.generation() + 1;
    return assemble(header, generation, series, Map.of(), Map.of());
  }

  // Of a long run the last block is read with what comes: it is narrower than a line there, and has
  // no roll-ups yet, so that each metric would read all of its rows.
  private static long rolledUp(long from, long to) {
    return to - from < SHORT ? to : (to + 1) / BLOCK * BLOCK - 1;
  }

  private RunState rest(RunHeader header, RunState before) {
    Map<Metric, Series> series = new EnumMap<>(before.series());
    Set<Metric> missing = EnumSet.noneOf(Metric.class);
    series.forEach(
        (metric, known) -> {
          if (known instanceof Series.Pending && missing.size() < WAVE) {
            missing.add(metric);
          }
        });
    series.putAll(readers.read(run, wanted(header), missing));
    Map<String, List<Point>> knobs =
        before.knobs().isEmpty() ? readers.knobs(run, wanted(header)) : before.knobs();
    return before.with(series, knobs, last(knobs.getOrDefault(Knobs.ADAM_EPSILON, List.of())));
  }

  private SeriesReaders.Range wanted(RunHeader header) {
    return new SeriesReaders.Range(0, historyEnd, header.layers());
  }

  private RunState follow(RunHeader header, RunState before) {
    catchingUp = false;
    Map<Metric, Series> series = new EnumMap<>(before.series());
    for (Metric.Table table : Metric.Table.values()) {
      List<Metric> metrics =
          Arrays.stream(Metric.values()).filter(metric -> metric.table() == table).toList();
      RunReader.Rows rows = reader.after(run, table, metrics, read.getOrDefault(table, -1L));
      read.put(table, rows.last());
      rows.values()
          .forEach(
              (metric, more) -> {
                if (series.get(metric) instanceof Series.Loaded loaded) {
                  series.put(metric, loaded.plus(more, width(table, header.layers(), historyEnd)));
                }
              });
    }
    Map<String, List<Point>> newKnobs = reader.knobsAfter(run, knobsRead);
    for (List<Point> points : newKnobs.values()) {
      knobsRead = Math.max(knobsRead, points.get(points.size() - 1).step());
    }
    Map<String, List<Point>> knobs =
        new Series.Loaded(before.knobs())
            .plus(newKnobs, width(Metric.Table.RUN, header.layers(), historyEnd))
            .bySeries();
    return assemble(header, before.generation(), series, knobs, before.loads());
  }

  private RunState assemble(
      RunHeader header,
      long generation,
      Map<Metric, Series> series,
      Map<String, List<Point>> knobs,
      Map<Integer, LoadMap> loadsBefore) {
    long from = header.firstStep() == null ? 0 : header.firstStep();
    long to = Math.max(from, header.lastStep() == null ? 0 : header.lastStep());
    return new RunState(
        header,
        generation,
        from,
        to,
        series,
        knobs,
        loads(header, from, to, loadsBefore),
        reader.tensors(run, Math.max(0, to - 200), to),
        last(knobs.getOrDefault(Knobs.ADAM_EPSILON, List.of())),
        reader.alerts(run),
        reader.commands(run),
        null,
        clockUpTo(header, to),
        new Drawings());
  }

  // The last of them moves along with the run; it stays where the run was as it grows.
  private List<Knot> clockUpTo(RunHeader header, long to) {
    if (clock.isEmpty() || header.lastTelemetryAt() == null) {
      return clock;
    }
    Knot last = clock.get(clock.size() - 1);
    long now = header.lastTelemetryAt().toEpochMilli();
    if (to <= last.step() || now <= last.millis()) {
      return clock;
    }
    List<Knot> longer = new ArrayList<>(clock);
    longer.add(new Knot(to, now));
    if (to - last.step() > (to - clock.get(0).step()) / 200) {
      clock = List.copyOf(longer);
    }
    return longer;
  }

  private Map<Integer, LoadMap> loads(
      RunHeader header, long from, long to, Map<Integer, LoadMap> before) {
    Map<Integer, LoadMap> loads = new HashMap<>();
    int stride = stride(from, to);
    for (int layer : layers) {
      LoadMap known = before.get(layer);
      LoadMap map =
          known != null && known.steps().size() < 2 * COLUMNS
              ? known
              : LoadMap.empty(
                  stride, header.ffnExperts(), header.ffnExperts() + header.zeroExperts());
      List<Long> steps = map.steps();
      long after = steps.isEmpty() ? from - 1 : steps.get(steps.size() - 1);
      loads.put(layer, map.with(reader.loads(run, layer, after, to, map.stride())));
    }
    return loads;
  }

  // A power of two, so that columns stay where they are when it doubles.
  static int stride(long from, long to) {
    int stride = 1;
    while ((to - from) / stride >= COLUMNS) {
      stride *= 2;
    }
    return stride;
  }

  private static double last(List<Point> points) {
    return points.isEmpty() ? Double.NaN : points.get(points.size() - 1).last();
  }
}
