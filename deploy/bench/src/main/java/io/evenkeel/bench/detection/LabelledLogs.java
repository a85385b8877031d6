package io.evenkeel.bench.detection;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.detection.LabelledLog.Kind;
import io.evenkeel.bench.detection.LabelledLog.Label;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.replay.csv.CsvPoints;
import io.evenkeel.replay.tally.Tally;
import io.evenkeel.replay.text.Lines;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Labelled real logs in a folder: {@code csv/NAME.csv} (step,metric,value; gzipped or not), {@code
 * labels.csv} (name,metric,start,end,kind,note), and corrections in {@code overlay.csv}, whose
 * column {@code action} adds a label, drops it, or sets its kind.
 */
final class LabelledLogs {
  static final String LABELS = "labels.csv";

  private static final String CSV = ".csv";
  private static final String GZ = ".gz";
  private static final Set<String> EVENTS =
      Set.of("spike", "grad-spike", "nan", "divergence", "stall", "throughput-drop", "burst");
  private static final Set<String> SLOW = Set.of("plateau");
  private static final Set<String> OPTIONAL =
      Set.of("spike-small", "grad-outlier", "stall-mild", "throughput-drop-mild", "blip");
  private static final Set<String> OTHER =
      Set.of(
          "router-collapse", "router-excursion", "overfit", "overflow", "gap", "grad-zeros-hump");

  private record Row(String name, Label label) {}

  private LabelledLogs() {}

  /** Those that come with the bench. */
  static List<LabelledLog> shipped() throws BenchException {
    URL labels = LabelledLogs.class.getResource("/detection/real-logs/" + LABELS);
    if (labels == null || !labels.getProtocol().equals("file")) {
      throw new BenchException(ErrorId.BENCH_CASES, "The real logs are not in the build.");
    }
    return read(Path.of(URI.create(labels.toString())).resolveSibling(""));
  }

  /** Whether a folder holds labelled logs. */
  static boolean in(Path folder) {
    return Files.isRegularFile(folder.resolve(LABELS));
  }

  /**
   * Reads all logs, by name.
   *
   * @throws BenchException with EVK-BENCH-CASES if a file is missing or unreadable
   */
  static List<LabelledLog> read(Path folder) throws BenchException {
    try {
      List<Row> rows = new ArrayList<>();
      labels(folder.resolve(LABELS), rows);
      if (Files.isRegularFile(folder.resolve("overlay.csv"))) {
        labels(folder.resolve("overlay.csv"), rows);
      }
      List<LabelledLog> logs = new ArrayList<>();
      try (Stream<Path> files = Files.list(folder.resolve("csv"))) {
        for (Path file : files.sorted().toList()) {
          String name = file.getFileName().toString().replace(GZ, "");
          if (name.endsWith(CSV)) {
            logs.add(log(name.substring(0, name.length() - CSV.length()), file, rows));
          }
        }
      }
      return logs;
    } catch (IOException | CsvParseException | IllegalArgumentException e) {
      throw new BenchException(ErrorId.BENCH_CASES, folder + ": " + e.getMessage() + ".");
    }
  }

  private static LabelledLog log(String name, Path file, List<Row> rows) throws IOException {
    Map<String, LabelledLog.Values> metrics = new LinkedHashMap<>();
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
        InputStream in = file.toString().endsWith(GZ) ? new GZIPInputStream(raw) : raw) {
      new CsvPoints(new Lines(in, CsvPoints.MAX_LINE_BYTES), new Tally())
          .readInto(
              (step, metric, value, wallSeconds) ->
                  metrics.computeIfAbsent(metric, m -> new LabelledLog.Values()).add(step, value));
    }
    return new LabelledLog(
        name,
        new LogTelemetry(file),
        metrics,
        rows.stream().filter(row -> row.name().equals(name)).map(Row::label).toList());
  }

  private static void labels(Path file, List<Row> rows) throws IOException {
    try (CsvReader<NamedCsvRecord> records = CsvReader.builder().ofNamedCsvRecord(file)) {
      for (NamedCsvRecord record : records) {
        String word = record.getField("kind");
        Row row =
            new Row(
                record.getField("name"),
                new Label(
                    record.getField("metric"),
                    Double.parseDouble(record.getField("start")),
                    Double.parseDouble(record.getField("end")),
                    kind(word),
                    word));
        apply(row, record.findField("action").orElse("add"), rows);
      }
    }
  }

  private static void apply(Row row, String action, List<Row> rows) {
    switch (action) {
      case "add" -> rows.add(row);
      case "drop" -> rows.removeIf(other -> same(row, other));
      case "set" ->
          rows.replaceAll(
              other ->
                  same(row, other)
                      ? new Row(
                          other.name(),
                          new Label(
                              other.label().metric(),
                              other.label().start(),
                              other.label().end(),
                              row.label().kind(),
                              row.label().word()))
                      : other);
      default -> throw new IllegalArgumentException("action '" + action + "'");
    }
  }

  private static boolean same(Row one, Row other) {
    return one.name().equals(other.name())
        && one.label().metric().equals(other.label().metric())
        && one.label().start() == other.label().start();
  }

  private static Kind kind(String word) {
    if (EVENTS.contains(word)) {
      return Kind.EVENT;
    }
    if (SLOW.contains(word)) {
      return Kind.SLOW;
    }
    if (OPTIONAL.contains(word)) {
      return Kind.OPTIONAL;
    }
    return OTHER.contains(word) ? Kind.OTHER : Kind.TRAP;
  }
}
