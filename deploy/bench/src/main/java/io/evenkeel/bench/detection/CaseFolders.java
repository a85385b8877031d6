package io.evenkeel.bench.detection;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Cases in a folder: each a folder that holds {@code in-telemetry.*}, a log as {@code replay} reads
 * it, and {@code out-alerts.csv}, what has to fire; or the same as {@code in/...} and {@code
 * out/...}; or all of them as pairs {@code in-NAME} and {@code out-NAME} of the one folder.
 */
final class CaseFolders {
  private static final String IN = "in";
  private static final String OUT = "out";
  private static final String ANY = "*";

  private CaseFolders() {}

  /**
   * All cases of a folder, by name.
   *
   * @throws BenchException with EVK-BENCH-CASES if there is none, or one cannot be read
   */
  static List<DetectionCase> read(Path folder) throws BenchException {
    List<DetectionCase> cases = new ArrayList<>();
    for (Path entry : entries(folder)) {
      String name = entry.getFileName().toString();
      if (name.startsWith(IN + "-")) {
        String rest = name.substring(IN.length() + 1);
        String plain = Files.isDirectory(entry) ? rest : rest.replaceFirst("\\..*", "");
        cases.add(one(plain, only(entry), sibling(folder, plain)));
      } else if (Files.isDirectory(entry) && !name.startsWith(OUT + "-")) {
        cases.add(one(name, part(entry, IN), part(entry, OUT)));
      }
    }
    if (cases.isEmpty()) {
      throw unusable(folder + " holds no case.");
    }
    return cases;
  }

  private static DetectionCase one(String name, Path telemetry, Path alerts) throws BenchException {
    return new DetectionCase(name, new LogTelemetry(telemetry), expectations(alerts));
  }

  private static Path sibling(Path folder, String name) throws BenchException {
    for (Path entry : entries(folder)) {
      String file = entry.getFileName().toString();
      if (file.equals(OUT + "-" + name) || file.startsWith(OUT + "-" + name + ".")) {
        return only(entry);
      }
    }
    throw unusable(folder + " has " + IN + "-" + name + " and no " + OUT + "-" + name + ".");
  }

  private static Path part(Path folder, String prefix) throws BenchException {
    for (Path entry : entries(folder)) {
      String name = entry.getFileName().toString();
      if (name.equals(prefix) || name.startsWith(prefix + "-")) {
        return only(entry);
      }
    }
    throw unusable(folder + " has no " + prefix + "-* .");
  }

  /** The file itself, or the only one of a folder. */
  private static Path only(Path entry) throws BenchException {
    if (!Files.isDirectory(entry)) {
      return entry;
    }
    List<Path> files = entries(entry);
    if (files.size() != 1) {
      throw unusable(entry + " must hold one file, not " + files.size() + ".");
    }
    return files.getFirst();
  }

  private static List<Path> entries(Path folder) throws BenchException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw unusable(folder + " cannot be read: " + e + ".");
    }
  }

  static List<Expectation> expectations(Path file) throws BenchException {
    List<Expectation> expectations = new ArrayList<>();
    try (CsvReader<NamedCsvRecord> rows = CsvReader.builder().ofNamedCsvRecord(file)) {
      for (NamedCsvRecord row : rows) {
        expectations.add(expectation(row));
      }
      return expectations;
    } catch (IOException | CsvParseException | IllegalArgumentException e) {
      throw unusable(file + ": " + e.getMessage() + ".");
    }
  }

  private static Expectation expectation(NamedCsvRecord row) {
    String rule = row.getField("rule").strip();
    long last = whole(row, "last_step");
    return new Expectation(
        rule.equals(ANY)
            ? Set.of()
            : Arrays.stream(rule.split("\\|")).map(String::strip).collect(Collectors.toSet()),
        optional(row, "scope", ANY),
        whole(row, "first_step"),
        last,
        Severity.valueOf(optional(row, "severity", "warning").toUpperCase(Locale.ROOT)),
        Long.parseLong(optional(row, "until", Long.toString(last))),
        Demand.valueOf(optional(row, "demand", "must").toUpperCase(Locale.ROOT)));
  }

  private static long whole(NamedCsvRecord row, String column) {
    return Long.parseLong(row.getField(column).strip());
  }

  private static String optional(NamedCsvRecord row, String column, String otherwise) {
    return row.findField(column)
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .orElse(otherwise);
  }

  private static BenchException unusable(String detail) {
    return new BenchException(ErrorId.BENCH_CASES, detail);
  }
}
