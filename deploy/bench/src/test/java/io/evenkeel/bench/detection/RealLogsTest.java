package io.evenkeel.bench.detection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A few of the real logs that come with the bench, through the readers of replay. */
class RealLogsTest {
  private static final Set<String> FEW =
      Set.of(
          "golf_behemoth_nan200",
          "golf_hypergpt_gnorm",
          "meg_mixtral8x7b_a100",
          "modded_valueembed_1530");

  @Test
  void shouldFindEveryEventAndCallNobodyForNothingWhenLogsAreReal() throws Exception {
    List<LabelledLog> logs =
        LabelledLogs.shipped().stream().filter(log -> FEW.contains(log.name())).toList();
    assertThat(logs).hasSameSizeAs(FEW);

    LogReport report = LogReport.of(logs);

    for (String family : List.of("loss", "gradient_norm")) {
      LogReport.FamilyLine line = report.families().get(family);
      assertThat(line.events()).as(family).isGreaterThan(5);
      assertThat(line.found()).as(report.missed().toString()).isEqualTo(line.events());
      assertThat(line.falseFirings()).as(report.falseFirings().toString()).isZero();
    }
  }

  @Test
  void shouldShipWithLabelsWhenLogsAreRead() throws Exception {
    List<LabelledLog> logs = LabelledLogs.shipped();
    assertThat(logs).hasSize(15).allSatisfy(log -> assertThat(log.metrics()).isNotEmpty());
    assertThat(logs.stream().filter(log -> !log.labels().isEmpty())).hasSizeGreaterThan(10);
  }
}
