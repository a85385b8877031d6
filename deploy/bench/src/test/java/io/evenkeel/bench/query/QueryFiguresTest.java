package io.evenkeel.bench.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.bench.query.QueryComparison.Times;
import java.util.List;
import org.junit.jupiter.api.Test;

final class QueryFiguresTest {

  @Test
  void shouldTakeTheNearestRankForQuantiles() {
    List<Double> values = List.of(4.0, 1.0, 3.0, 2.0);
    assertThat(QueryFigures.quantile(values, 0.5)).isEqualTo(2);
    assertThat(QueryFigures.quantile(values, 0.95)).isEqualTo(4);
    assertThat(QueryFigures.quantile(values, 0)).isEqualTo(1);
  }

  @Test
  void shouldTellRatiosOfMedians() {
    Times twenty = new Times(List.of(1.0, 2.0, 9.0), List.of(10.0, 40.0, 50.0));
    Times two = new Times(List.of(2.0), List.of(4.0));
    QueryFigures figures =
        new QueryFigures(100, 1, 2, List.of(1.0, 2.0), twenty, two, two, 0, 30, 600);
    assertThat(figures.json())
        .containsEntry("ratio_to_raw_rows", 20.0)
        .containsEntry("ratio_to_raw_rows_whole", 2.0)
        .containsEntry("rollup_bytes_per_raw_byte", 0.05)
        .containsEntry("rollup_steps_per_s", 50.0)
        .containsEntry("p95_ms", 2.0);
  }
}
