package io.evenkeel.writer.app;

import io.evenkeel.writer.metrics.WriterMetrics;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;

/** What the metrics say. */
final class MetricValue {

  private MetricValue() {}

  /** The sum over a metric's values whose labels have all these values. */
  static double of(WriterMetrics metrics, String name, List<String> labels) {
    for (MetricSnapshot snapshot : metrics.registry().scrape()) {
      if (snapshot.getMetadata().getPrometheusName().equals(name)) {
        return switch (snapshot) {
          case GaugeSnapshot gauge ->
              gauge.getDataPoints().stream()
                  .filter(point -> has(point, labels))
                  .mapToDouble(point -> point.getValue())
                  .sum();
          case CounterSnapshot counter ->
              counter.getDataPoints().stream()
                  .filter(point -> has(point, labels))
                  .mapToDouble(point -> point.getValue())
                  .sum();
          default -> throw new IllegalArgumentException(name);
        };
      }
    }
    throw new IllegalArgumentException("no metric " + name);
  }

  private static boolean has(DataPointSnapshot point, List<String> values) {
    return values.stream()
        .allMatch(
            value -> point.getLabels().stream().anyMatch(label -> label.getValue().equals(value)));
  }
}
