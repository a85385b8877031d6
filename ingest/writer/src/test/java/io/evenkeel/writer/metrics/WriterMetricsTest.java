package io.evenkeel.writer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.error.ErrorId;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriterMetricsTest {

  private static final Path DOCUMENT = Path.of("..", "..", "docs", "configuration.md");

  private final WriterMetrics metrics = new WriterMetrics();

  @Test
  void shouldBeDocumentedEachWithItsTypeAndMeaning() throws Exception {
    List<String> documented =
        Files.readAllLines(DOCUMENT).stream()
            .filter(line -> line.startsWith("| `evenkeel_writer_"))
            .toList();
    assertThat(documented)
        .containsExactlyInAnyOrderElementsOf(
            metrics.registry().scrape().stream().map(WriterMetricsTest::line).toList());
  }

  @Test
  void shouldServeWhatTheyWereTold() throws Exception {
    metrics.stored(40, 4_000, 20_000_000);
    metrics.lag(7, 1.5);
    metrics.deadLettered("EVK-WIRE-INVALID");
    metrics.failed(ErrorId.DB_DISK_FULL);
    metrics.upkeepFailed("roll-ups", ErrorId.WRITER_UPKEEP);
    metrics.rollupBacklog(12, 2.5);
    try (MetricsServer server = MetricsServer.start(0, metrics);
        HttpClient client = HttpClient.newHttpClient()) {
      String text =
          client
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + server.port() + "/metrics"))
                      .build(),
                  BodyHandlers.ofString())
              .body();
      assertThat(text.lines())
          .contains(
              "evenkeel_writer_records_total 40.0",
              "evenkeel_writer_bytes_total 4000.0",
              "evenkeel_writer_batch_seconds_bucket{le=\"0.025\"} 1",
              "evenkeel_writer_lag_records 7.0",
              "evenkeel_writer_lag_seconds 1.5",
              "evenkeel_writer_dead_letters_total{id=\"EVK-WIRE-INVALID\"} 1.0",
              "evenkeel_writer_store_failures_total{id=\"EVK-DB-DISK-FULL\"} 1.0",
              "evenkeel_writer_upkeep_failures_total{id=\"EVK-WRITER-UPKEEP\",task=\"roll-ups\"} 1.0",
              "evenkeel_writer_rollup_blocks 12.0",
              "evenkeel_writer_rollup_overdue_seconds 2.5",
              "evenkeel_writer_database_state{state=\"full\"} 1.0",
              "evenkeel_writer_database_state{state=\"ok\"} 0.0");
    }
  }

  private static String line(MetricSnapshot snapshot) {
    String type =
        switch (snapshot) {
          case CounterSnapshot counter -> "counter";
          case HistogramSnapshot histogram -> "histogram";
          default -> "gauge";
        };
    return "| `%s%s` | %s | %s |"
        .formatted(
            snapshot.getMetadata().getPrometheusName(),
            type.equals("counter") ? "_total" : "",
            type,
            snapshot.getMetadata().getHelp());
  }
}
