package io.evenkeel.ui.rundetail;

import static io.evenkeel.ui.store.Columns.text;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The names of a run's own series, which may be ten thousand and more: read once for all who look,
 * and searched here. Thread-safe.
 */
@Component
public class SeriesNames {
  private static final Duration FRESH = Duration.ofSeconds(30);
  private static final int MOST_RUNS = 16;

  private final JdbcClient database;
  private final Clock clock;
  private final Map<String, Known> known =
      new LinkedHashMap<>(MOST_RUNS, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > MOST_RUNS;
        }
      };

  /** Names of a database. */
  public SeriesNames(JdbcClient database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * The names that hold every word of {@code text}, shortest first: what is meant is seldom the
   * longest of them. Reads the database at most twice a minute.
   */
  public Stream<SeriesName> search(String run, String text) {
    String[] words = text.toLowerCase(Locale.ROOT).strip().split("\\s+");
    return names(run).stream()
        .filter(entry -> Arrays.stream(words).allMatch(entry.lower()::contains))
        .map(Entry::name);
  }

  private List<Entry> names(String run) {
    Instant now = clock.instant();
    synchronized (known) {
      Known found = known.get(run);
      if (found != null && found.at().plus(FRESH).isAfter(now)) {
        return found.entries();
      }
    }
    List<Entry> entries = read(run);
    synchronized (known) {
      known.put(run, new Known(now, entries));
    }
    return entries;
  }

  private List<Entry> read(String run) {
    return database
        .sql("select metric, series from ui_v1_series_names(:run)")
        .param("run", run)
        .query((row, number) -> new SeriesName(text(row, "metric"), text(row, "series")))
        .list()
        .stream()
        .map(name -> new Entry(name, name.label().toLowerCase(Locale.ROOT)))
        .sorted(
            Comparator.comparingInt((Entry entry) -> entry.lower().length())
                .thenComparing(Entry::lower))
        .toList();
  }

  private record Entry(SeriesName name, String lower) {}

  private record Known(Instant at, List<Entry> entries) {}
}
