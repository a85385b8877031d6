package io.evenkeel.bench.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The measurement itself, on a short series. */
class QueryBenchIT {

  @Test
  void shouldFindTheAnswersOfRollUpsToBeTheRows() throws Exception {
    StringWriter printed = new StringWriter();
    PrintWriter out = new PrintWriter(printed);
    try (LongSeries series = LongSeries.create(200_000, out)) {
      QueryFigures figures = new QueryComparison(series, new SplittableRandom(1)).measure(40, out);
      figures.print(out);
      System.out.println(printed);
      Map<String, Object> json = figures.json();
      assertThat(json).containsEntry("wrong_answers", 0).containsEntry("queries", 40);
      assertThat((Double) json.get("rollup_bytes_per_raw_byte")).isPositive().isLessThan(0.2);
    }
  }
}
