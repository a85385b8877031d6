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
          "golf_seq16k_twice",
          "meg_mixtral8x7b_a100",
          "modded_valueembed_1530",
          "nanochat_moe_bf16_static_long");

  @Test
  void shouldFindEveryEventAndCallNobodyForNothingWhenLogsAreReal() throws Exception {
    List<LabelledLog> logs =
        LabelledLogs.shipped().stream().filter(log -> FEW.contains(log.name())).toList();
    assertThat(logs).hasSameSizeAs(FEW);

    LogReport report = LogReport.of(logs);

    assertThat(report.families().get("loss").events()).isEqualTo(6);
    assertThat(report.families().get("step_time").events()).isEqualTo(3);
    assertThat(report.missed()).isEmpty();
    assertThat(report.falseFirings()).isEmpty();
  }

  @Test
  void shouldShipWithLabelsWhenLogsAreRead() throws Exception {
    List<LabelledLog> logs = LabelledLogs.shipped();
    assertThat(logs).hasSize(15).allSatisfy(log -> assertThat(log.metrics()).isNotEmpty());
    assertThat(logs.stream().filter(log -> !log.labels().isEmpty())).hasSizeGreaterThan(10);
  }
}
