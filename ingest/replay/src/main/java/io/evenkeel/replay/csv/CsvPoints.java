package io.evenkeel.replay.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.evenkeel.replay.point.PointLog;
import io.evenkeel.replay.point.PointSink;
import io.evenkeel.replay.tally.SkipReason;
import io.evenkeel.replay.tally.Tally;
import io.evenkeel.replay.text.Lines;
import io.evenkeel.replay.text.Numerals;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code step,metric,value}. A header may be left out; one that is there may name the columns
 * in any order, and others beside them. Each line is parsed by itself, so that an open quote harms
 * one line and not the rest: names do not hold line ends.
 */
public final class CsvPoints implements PointLog.Source {
  /** Longest line, bytes. */
  public static final int MAX_LINE_BYTES = 1 << 16;

  private record Columns(int step, int metric, int value) {
    static final Columns DEFAULT = new Columns(0, 1, 2);

    int last() {
      return Math.max(step, Math.max(metric, value));
    }
  }

  private final Lines lines;
  private final Tally tally;
  private final CsvReader.CsvReaderBuilder parser = CsvReader.builder();
  private Columns columns = Columns.DEFAULT;

  /**
   * A reader; the caller closes the lines.
   *
   * @param lines with {@link #MAX_LINE_BYTES} as their limit
   * @param tally counts what is left out
   */
  public CsvPoints(Lines lines, Tally tally) {
    this.lines = lines;
    this.tally = tally;
  }

  @Override
  public void readInto(PointSink sink) throws IOException {
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (lines.tooLong()) {
        tally.skip(SkipReason.TOO_LONG, place(), "more than " + MAX_LINE_BYTES + " bytes");
      } else if (!line.isBlank()) {
        try {
          read(line, sink);
        } catch (CsvParseException | IllegalArgumentException e) {
          tally.skip(SkipReason.UNREADABLE, place(), String.valueOf(e.getMessage()));
        }
      }
    }
  }

  private void read(String line, PointSink sink) throws IOException {
    CsvRecord record = parser.ofSingleCsvRecord(line);
    if (lines.number() == 1) {
      Columns named = header(record.getFields());
      if (named != null) {
        columns = named;
        return;
      }
    }
    if (record.getFieldCount() <= columns.last()) {
      throw new IllegalArgumentException(
          record.getFieldCount() + " fields where step, metric and value are expected");
    }
    long step = Numerals.step(record.getField(columns.step()));
    String metric = record.getField(columns.metric()).strip();
    double value = Numerals.value(record.getField(columns.value()));
    sink.point(step, metric, value, PointSink.NO_TIME);
  }

  private static @Nullable Columns header(List<String> fields) {
    List<String> names =
        fields.stream().map(field -> field.strip().toLowerCase(Locale.ROOT)).toList();
    int step = names.indexOf("step");
    int metric = names.indexOf("metric");
    int value = names.indexOf("value");
    return step < 0 || metric < 0 || value < 0 ? null : new Columns(step, metric, value);
  }

  private String place() {
    return "line " + lines.number();
  }
}
