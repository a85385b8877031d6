package io.evenkeel.analytics.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.Telemetries;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.time.Instant;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SignalMathTest {

  @Test
  void shouldAgreeWithTheIndependentSynthesisWhenARunIsMerged() {
    TrainingRun run = TrainingRuns.healthy("r").ranks(3).layers(3).alphaFactor(5, 100).build();
    for (long step = 0; step < 20; step++) {
      StepSignals expected = run.signals(step);
      StepSignals actual = signals(run.step(step));
      assertThat(actual.tokens()).isEqualTo(expected.tokens());
      assertThat(actual.nonFinite()).isEqualTo(expected.nonFinite());
      for (int l = 0; l < 3; l++) {
        close(
            actual.layers().get(l).gradientNormRatio(),
            expected.layers().get(l).gradientNormRatio());
        close(
            actual.layers().get(l).logitGradientRatio(),
            expected.layers().get(l).logitGradientRatio());
        close(actual.layers().get(l).maxViolation(), expected.layers().get(l).maxViolation());
        close(
            actual.layers().get(l).softMutualInformation(),
            expected.layers().get(l).softMutualInformation());
        close(actual.layers().get(l).zeroShare(), expected.layers().get(l).zeroShare());
      }
      close(actual.epsilonOverRmsMax(), expected.epsilonOverRmsMax());
      close(actual.stragglerSkew(), expected.stragglerSkew());
      close(actual.losses().languageModel(), expected.losses().languageModel());
    }
  }

  @Test
  void shouldDeriveSignalsThatEncodeWhenRanksDisagreeAboutTheShape() {
    StepTelemetry one =
        TrainingRuns.healthy("r").ranks(2).experts(8, 4, 3, 2).build().telemetry(0, 0);
    StepTelemetry other =
        TrainingRuns.healthy("r").ranks(2).layers(5).experts(6, 2, 2, 1.5).build().telemetry(0, 1);
    StepSignals signals = signals(List.of(one, other));
    assertThat(signals.layers()).hasSize(5);
    assertThat(Codecs.STEP_SIGNALS.encode(signals)).isNotEmpty();
  }

  @Test
  void shouldCountLossesThatAreNotFinite() {
    StepTelemetry part = TrainingRuns.healthy("r").build().telemetry(0, 0);
    assertThat(signals(List.of(Telemetries.withLoss(part, Double.NaN))).nonFinite()).isEqualTo(1);
    assertThat(signals(List.of(part)).nonFinite()).isZero();
  }

  @Test
  void shouldSayHowManyRanksItSawWhenOneIsMissing() {
    StepTelemetry part = TrainingRuns.healthy("r").ranks(4).build().telemetry(3, 2);
    StepSignals signals = signals(List.of(part));
    assertThat(signals.ranksSeen()).isEqualTo(1);
    assertThat(signals.worldSize()).isEqualTo(4);
  }

  @Test
  void shouldIgnoreASecondPartOfTheSameRank() {
    StepTelemetry part = TrainingRuns.healthy("r").build().telemetry(3, 0);
    StepTelemetry again =
        Telemetries.withKey(Telemetries.withLoss(part, 99), new ObservationKey("r", 0, 3, 0), 1);
    assertThat(signals(List.of(part, again))).isEqualTo(signals(List.of(part)));
  }

  @Test
  void shouldHaveNoKurtosisWhenTheTensorIsConstantOrEmpty() {
    assertThat(activation(10, 20, 40, 80, 160).kurtosis()).isNaN();
    assertThat(activation(10, 20, 40, 80, 160).std()).isZero();
    assertThat(activation(0, 0, 0, 0, 0).mean()).isNaN();
  }

  private static ActivationSignals activation(
      long count, double sum, double squares, double cubes, double fourths) {
    return SignalMath.activation(
        new ActivationSums(
            0, ActivationSite.MOE_IN, count, sum, squares, cubes, fourths, 2, 0, 3, 0));
  }

  private static StepSignals signals(List<StepTelemetry> parts) {
    return SignalMath.signals(parts, SpikeHistory.EMPTY, 0, Instant.EPOCH);
  }

  private static void close(Double actual, Double expected) {
    if (expected == null) {
      assertThat(actual).isNull();
    } else {
      assertThat(actual)
          .isCloseTo(expected, Offset.offset(1e-9 * Math.max(1e-3, Math.abs(expected))));
    }
  }
}
