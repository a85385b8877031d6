package io.evenkeel.bench.query;

import io.evenkeel.bench.query.LongSeries.Answer;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks for random ranges: half of them between two random steps, half of a random order of
 * magnitude, down to one bucket a step. Some of each, and the whole series, are asked of the rows
 * as well, in turns.
 */
final class QueryComparison {
  private static final int WARM_UPS = 10;
  private static final int COMPARED = 30;
  private static final int WHOLE = 3;
  private static final long SHORTEST = 1_000;

  private final LongSeries series;
  private final RandomGenerator random;

  private record Range(long from, long to) {

    boolean holds(long step) {
      return from <= step && step <= to;
    }
  }

  /** Answers to the same questions, in milliseconds. */
  record Times(List<Double> rollUps, List<Double> rows) {
    Times() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  QueryComparison(LongSeries series, RandomGenerator random) {
    this.series = series;
    this.random = random;
  }

  QueryFigures measure(int ranges, PrintWriter out) throws SQLException {
    for (int i = 0; i < WARM_UPS; i++) {
      Range range = anyRange();
      series.fromRollUps(range.from(), range.to());
    }
    List<Double> all = new ArrayList<>();
    Times any = new Times();
    Times magnitudes = new Times();
    Times whole = new Times();
    int wrong = 0;
    int compared = Math.min(COMPARED, ranges / 2);
    for (int i = 0; i < ranges; i++) {
      boolean ofAnyMagnitude = i % 2 == 1;
      wrong +=
          ask(
              ofAnyMagnitude ? anyMagnitude() : anyRange(),
              all,
              i / 2 < compared ? (ofAnyMagnitude ? magnitudes : any) : null);
    }
    out.printf("%d ranges asked for, %d of them of the rows too%n", ranges, 2 * compared);
    out.flush();
    for (int i = 0; i < WHOLE; i++) {
      wrong += ask(new Range(0, series.steps() - 1), new ArrayList<>(), whole);
    }
    return new QueryFigures(
        series.steps(),
        series.loadSeconds(),
        series.rollSeconds(),
        all,
        any,
        magnitudes,
        whole,
        wrong,
        series.rollUpBytes(),
        series.rowBytes());
  }

  /** 1 if the answer is wrong, 0 otherwise. */
  private int ask(Range range, List<Double> all, @Nullable Times comparedTo) throws SQLException {
    Answer answer = series.fromRollUps(range.from(), range.to());
    all.add(answer.millis());
    if (comparedTo != null) {
      Answer rows = series.fromRows(range.from(), range.to());
      comparedTo.rollUps().add(answer.millis());
      comparedTo.rows().add(rows.millis());
      return answer.max().equals(rows.max()) && answer.n().equals(rows.n()) ? 0 : 1;
    }
    long counted = answer.n().stream().mapToLong(Long::longValue).sum();
    boolean spike = answer.max().contains(LongSeries.SPIKE);
    return counted == range.to() - range.from() + 1
            && spike == range.holds(LongSeries.spike(series.steps()))
        ? 0
        : 1;
  }

  private Range anyRange() {
    long one = random.nextLong(series.steps());
    long other = random.nextLong(series.steps());
    return new Range(Math.min(one, other), Math.max(one, other));
  }

  private Range anyMagnitude() {
    double longest = Math.log(series.steps());
    double shortest = Math.log(SHORTEST);
    long length = (long) Math.exp(shortest + random.nextDouble() * (longest - shortest));
    long from = random.nextLong(series.steps() - length + 1);
    return new Range(from, from + length - 1);
  }
}
