package io.evenkeel.bench.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ParityReportTest {
  private static ParityReport report(double ours, double theirs) {
    return new ParityReport(
        "demo",
        10,
        "2.0",
        List.of(
            new ParityReport.Point(0, 0, 0, 5.5, 5.5),
            new ParityReport.Point(10, 2, 2.1, ours, theirs)));
  }

  @Test
  void shouldJudgeTheLastPointAlone() {
    assertThat(report(1.97, 1.98).withinTolerance()).isTrue();
    assertThat(report(1.97, 1.995).withinTolerance()).isFalse();
    assertThat(report(2.0, 1.97).withinTolerance()).isFalse();
    assertThat(report(Double.NaN, 1.97).withinTolerance()).isFalse();
  }

  @Test
  void shouldWriteBothCurvesAndTheDifference() {
    JsonNode json = new JsonMapper().valueToTree(report(1.97, 1.98));

    assertThat(json.path("difference").doubleValue()).isCloseTo(-0.01, within(1e-12));
    assertThat(json.path("validation_loss_ours").doubleValue()).isEqualTo(1.97);
    assertThat(json.path("curve").get(1).path("loss_pytorch").doubleValue()).isEqualTo(2.1);
    assertThat(json.path("within_tolerance").booleanValue()).isTrue();
  }
}
