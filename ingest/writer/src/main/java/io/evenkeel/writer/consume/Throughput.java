package io.evenkeel.writer.consume;

import java.util.Locale;

/** Counts since the last report. Not thread-safe. */
final class Throughput {

  private final long intervalNanos;
  private long sinceNanos;
  private long records;
  private long batches;
  private long deadLetters;
  private long storeNanosMax;

  Throughput(long intervalNanos, long nowNanos) {
    this.intervalNanos = intervalNanos;
    this.sinceNanos = nowNanos;
  }

  void stored(int batchRecords, int letters, long nanos) {
    records += batchRecords;
    batches++;
    deadLetters += letters;
    storeNanosMax = Math.max(storeNanosMax, nanos);
  }

  boolean isDue(long nowNanos) {
    return nowNanos - sinceNanos >= intervalNanos;
  }

  /** One line, and the counts begin anew. */
  String report(long lag, long nowNanos) {
    double seconds = (nowNanos - sinceNanos) / 1e9;
    String line =
        String.format(
            Locale.ROOT,
            "stored %d records (%.1f/s) in %d batches, slowest %.0f ms, dead letters %d, lag %d",
            records,
            records / seconds,
            batches,
            storeNanosMax / 1e6,
            deadLetters,
            lag);
    sinceNanos = nowNanos;
    records = 0;
    batches = 0;
    deadLetters = 0;
    storeNanosMax = 0;
    return line;
  }
}
