package io.evenkeel.bench.detection.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.detection.DetectionCase;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShippedCasesTest {
  @Test
  void shouldBeManyAndWellFormedWhenDescriptionsAreRead() throws Exception {
    List<DetectionCase> cases = ShippedCases.all();
    assertThat(cases).hasSizeGreaterThanOrEqualTo(40);
    assertThat(cases.stream().filter(each -> each.expectations().isEmpty()))
        .hasSizeGreaterThanOrEqualTo(10);
    assertThat(cases.stream().map(DetectionCase::name)).doesNotHaveDuplicates();
    List<String> known = Arrays.stream(BuiltInRule.values()).map(BuiltInRule::id).toList();
    assertThat(cases.stream().flatMap(each -> each.expectations().stream()))
        .allSatisfy(each -> assertThat(each.rules()).as(each.toString()).anyMatch(known::contains));
  }

  @Test
  void shouldTrainTheSameTelemetryWhenACaseIsPlayedTwice() throws Exception {
    DetectionCase one = named("nan-for-good-0");
    List<StepTelemetry> first = telemetry(one);
    assertThat(first).hasSize(260);
    assertThat(telemetry(one)).isEqualTo(first);
  }

  @Test
  void shouldGiveAPaceOfItsOwnWhenARankIsSlow() throws Exception {
    assertThat(telemetry(named("slow-rank-0")))
        .hasSize(4 * 250)
        .allSatisfy(
            part -> {
              double late = part.key().rank() == 2 && part.key().step() >= 150 ? 600 : 0;
              assertThat(part.stepTimeMillis() - late).isBetween(880.0, 1_130.0);
            });
  }

  @Test
  void shouldHoldWhatWasPutInWhenASeriesIsMadeUp() throws Exception {
    List<StepTelemetry> calm = telemetry(named("loss-nan-once-41"));
    assertThat(calm.stream().filter(t -> t.losses().languageModel().isNaN()))
        .extracting(t -> t.key().step())
        .containsExactly(2_000L);
    List<StepTelemetry> resumed = telemetry(named("resumed-11"));
    assertThat(resumed.get(3_000).key().incarnation()).isEqualTo(1);
    assertThat(resumed.get(3_000).key().step()).isEqualTo(2_850);
    assertThat(resumed.get(3_000).wallTime())
        .isAfter(resumed.get(2_999).wallTime().plusSeconds(400));
  }

  @Test
  void shouldBeOtherRunsWithTheSameLabelsWhenSeedsAreMoved() throws Exception {
    List<DetectionCase> cases = ShippedCases.all();
    List<DetectionCase> moved = ShippedCases.withSeedsMovedBy(1_000);
    assertThat(moved)
        .extracting(DetectionCase::expectations)
        .isEqualTo(cases.stream().map(DetectionCase::expectations).toList());
    DetectionCase calm = named("loss-nan-once-41");
    DetectionCase other =
        moved.stream().filter(c -> c.name().equals("loss-nan-once-1041")).findFirst().orElseThrow();
    assertThat(telemetry(other)).hasSameSizeAs(telemetry(calm)).isNotEqualTo(telemetry(calm));
  }

  private static DetectionCase named(String name) throws BenchException {
    return ShippedCases.all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<StepTelemetry> telemetry(DetectionCase asked) throws BenchException {
    List<StepTelemetry> parts = new ArrayList<>();
    asked.telemetry().giveTo(parts::add);
    return parts;
  }
}
