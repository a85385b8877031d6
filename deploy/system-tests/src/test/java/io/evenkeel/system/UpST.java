package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The loop, end to end: the run is hurt, Evenkeel sees it, says so, cures it, and tells that it is
 * cured.
 */
class UpST {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @TempDir Path dir;

  @Test
  void shouldSeeTellAndCureWhenAlphaIsTooHigh() throws Exception {
    Path file = dir.resolve("r.json");
    try (Evenkeel evenkeel =
        Evenkeel.up(dir.resolve("data"), "--steps", "300", "--exit", "--report", file.toString())) {
      int status = evenkeel.awaitExit(LIMIT);
      assertThat(status).as(evenkeel.console()).isZero();
    }
    JsonNode report = Evenkeel.json(file);

    assertThat(report.at("/steps").asLong()).isEqualTo(300);
    assertThat(report.at("/telemetry/sent").asLong()).isEqualTo(300);
    assertThat(report.at("/telemetry/stored")).isEqualTo(report.at("/telemetry/sent"));
    assertThat(report.at("/telemetry/dropped").asLong()).isZero();
    assertThat(report.at("/telemetry/dead_lettered").asLong()).isZero();
    assertThat(report.at("/signals/gradient_norm_ratio_max_first").asDouble()).isGreaterThan(0.1);
    assertThat(report.at("/signals/gradient_norm_ratio_max_last").asDouble()).isBetween(0.0, 0.1);
    assertThat(report.at("/loss_last").asDouble()).isLessThan(report.at("/loss_first").asDouble());
    assertThat(report.at("/webhooks/delivered").asLong()).isGreaterThanOrEqualTo(2);
    assertThat(report.at("/webhooks/delivered")).isEqualTo(report.at("/webhooks/accepted"));
    assertThat(report.at("/webhooks/failed").asLong()).isZero();
    // How long things take is measured here, and judged where nothing else runs: never in a test.
    for (String way : List.of("signal", "alert", "webhook", "command_applied")) {
      assertThat(report.at("/latency_ms/step_to_" + way + "/p99").asDouble(Double.NaN))
          .isPositive();
    }
    assertThat(report.at("/telemetry_share_of_step").asDouble(Double.NaN)).isBetween(0.0, 1.0);
    System.out.println("latency_ms " + report.at("/latency_ms"));
    System.out.println("telemetry_share_of_step " + report.at("/telemetry_share_of_step"));
    assertCured(report);
  }

  private static void assertCured(JsonNode report) {
    List<JsonNode> cured = new ArrayList<>();
    report
        .at("/alerts")
        .forEach(
            alert -> {
              if (alert.at("/rule").asText().equals("gradient-norm-ratio")
                  && !alert.at("/resolved_step").isNull()) {
                cured.add(alert);
              }
            });
    assertThat(cured).isNotEmpty();
    cured.forEach(
        alert ->
            assertThat(alert.at("/resolved_step").asLong())
                .isGreaterThan(alert.at("/fired_step").asLong()));

    List<JsonNode> applied = new ArrayList<>();
    report
        .at("/commands")
        .forEach(
            command -> {
              if (command.at("/knob").asText().equals("load_balance.alpha")
                  && command.at("/status").asText().equals("applied")) {
                applied.add(command);
              }
            });
    assertThat(applied).hasSizeGreaterThanOrEqualTo(2);
    for (JsonNode command : applied) {
      assertThat(command.at("/to").asDouble()).isLessThan(command.at("/from").asDouble());
      assertThat(command.at("/applied_step").asLong())
          .isGreaterThan(command.at("/issued_step").asLong());
    }
  }
}
