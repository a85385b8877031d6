package io.evenkeel.analytics.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Order, duplication and partition into ranks make no difference. */
class RankMergePropertyTest {

  @ParameterizedTest
  @ValueSource(strings = {"p1_tiny", "p2_small", "p3_groups"})
  void shouldGiveBitIdenticalSignalsWhenPartsAreShuffledAndDuplicated(String name) {
    GoldenCase golden = GoldenCase.load(name);
    List<StepTelemetry> parts = golden.telemetry(6);
    StepSignals inOrder = signals(parts);
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<StepTelemetry> shuffled = new ArrayList<>(parts);
      for (int i = random.nextInt(6); i > 0; i--) {
        shuffled.add(parts.get(random.nextInt(parts.size())));
      }
      Collections.shuffle(shuffled, random);

      assertThat(signals(shuffled)).as("seed %d", seed).isEqualTo(inOrder);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 16})
  void shouldGiveTheSameSignalsWhenTokensArePartitionedIntoRanks(int worldSize) {
    GoldenCase golden = GoldenCase.load("p1_tiny");
    StepSignals whole = signals(golden.telemetry(1));

    StepSignals merged = signals(golden.telemetry(worldSize));

    for (int l = 0; l < whole.layers().size(); l++) {
      LayerSignals one = whole.layers().get(l);
      LayerSignals many = merged.layers().get(l);
      assertThat(many.load()).isEqualTo(one.load());
      assertThat(many.maxViolation()).isEqualTo(one.maxViolation());
      assertThat(many.ffnExpertsMean()).isEqualTo(one.ffnExpertsMean());
      close(many.gradientNormRatio(), one.gradientNormRatio());
      close(many.logitGradientRatio(), one.logitGradientRatio());
      close(many.softMutualInformation(), one.softMutualInformation());
    }
    close(merged.losses().languageModel(), whole.losses().languageModel());
    close(merged.activations().get(0).kurtosis(), whole.activations().get(0).kurtosis());
    assertThat(merged.tensors()).isEqualTo(whole.tensors());
  }

  @Test
  void shouldTakeTheNormOfTheSumWhenRanksPullInOppositeDirections() {
    GoldenCase golden = GoldenCase.load("p1_tiny");
    // A mean of the ranks' own ratios would be another number: the parts differ by rank.
    StepSignals merged = signals(golden.telemetry(2));

    double own = signals(golden.telemetry(2).subList(0, 1)).layers().get(0).lmGradientNorm();
    assertThat(own).isNotCloseTo(merged.layers().get(0).lmGradientNorm(), within(1e-3));
  }

  private static StepSignals signals(List<StepTelemetry> parts) {
    return SignalMath.signals(parts, SpikeHistory.EMPTY, 0, Instant.EPOCH);
  }

  private static void close(Double actual, Double expected) {
    assertThat(actual).isCloseTo(expected, within(1e-12 * Math.max(1, Math.abs(expected))));
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }
}
