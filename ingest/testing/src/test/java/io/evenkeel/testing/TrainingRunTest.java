package io.evenkeel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ranges are those of the calibration: healthy values inside, disturbed ones outside. */
class TrainingRunTest {

  @Test
  void shouldGiveTheSameRecordsWhenBuiltTwice() {
    TrainingRun first = TrainingRuns.healthy("r").ranks(2).build();
    TrainingRun second = TrainingRuns.healthy("r").ranks(2).build();

    assertThat(first.step(17)).isEqualTo(second.step(17));
    assertThat(first.signals(17)).isEqualTo(second.signals(17));
    assertThat(first.spec()).isEqualTo(second.spec());
    assertThat(TrainingRuns.healthy("r").seed(2).build().step(17)).isNotEqualTo(first.step(17));
  }

  @Test
  void shouldNotChangeWhenItsBuilderIsUsedOn() {
    TrainingRuns builder = TrainingRuns.healthy("r");
    TrainingRun run = builder.build();
    StepTelemetry before = run.telemetry(5, 0);

    builder.alphaFactor(0, 1000).ranks(2);

    assertThat(run.telemetry(5, 0)).isEqualTo(before);
  }

  @Test
  void shouldStayInTheCalibratedRangesWhenHealthy() {
    SeededCases.forEach(
        10,
        random -> {
          TrainingRun run = TrainingRuns.healthy("r").seed(random.nextLong()).ranks(2).build();
          for (long step = 50; step < 100; step++) {
            StepSignals signals = run.signals(step);
            assertThat(signals.gradientNormRatioMean()).isBetween(0.02, 0.1);
            assertThat(signals.losses().languageModel()).isBetween(1.8, 3.1);
            assertThat(signals.gradientNorm()).isBetween(0.4, 0.9);
            assertThat(signals.nonFinite()).isZero();
            assertThat(signals.epsilonOverRmsMax()).isLessThan(0.1);
            assertThat(signals.belowEpsilonShare()).isLessThan(0.001);
            signals.layers().forEach(TrainingRunTest::checkHealthy);
            assertThat(signals.activations())
                .filteredOn(a -> a.site() == ActivationSite.LAYER_OUT)
                .allSatisfy(a -> assertThat(a.maxAbs()).isBetween(24.0, 34.0))
                .allSatisfy(a -> assertThat(a.kurtosis()).isBetween(3.2, 4.4));
          }
        });
  }

  private static void checkHealthy(LayerSignals layer) {
    assertThat(layer.gradientNormRatio()).isBetween(0.026, 0.135);
    assertThat(layer.routerCosineAll()).isBetween(-0.004, 0.061);
    assertThat(layer.maxViolation()).isBetween(0.0, 1.26);
    assertThat(layer.coefficientOfVariation()).isBetween(0.0, 0.53);
    assertThat(layer.deadExperts()).isZero();
    assertThat(layer.entropyOfMeanNormalised()).isBetween(0.84, 0.96);
    assertThat(layer.ffnExpertsMean()).isBetween(1.63, 2.69);
    assertThat(layer.routerZ()).isBetween(9.2, 11.2);
    assertThat(layer.softMutualInformation()).isPositive();
  }

  @Test
  void shouldRouteEveryTokenToKExpertsWhenLoadsAreSummed() {
    TrainingRun run = TrainingRuns.healthy("r").experts(16, 8, 4, 2.5).ranks(3).build();

    assertThat(run.stream(20))
        .hasSize(60)
        .flatExtracting(StepTelemetry::moeLayers)
        .allSatisfy(
            layer -> {
              long sum = 0;
              double probability = 0;
              for (int i = 0; i < layer.experts(); i++) {
                sum += layer.load().get(i);
                probability += layer.probabilitySums().get(i);
              }
              assertThat(sum).isEqualTo(512 * 4);
              assertThat(probability).isCloseTo(512, within(1e-6));
            });
  }

  @Test
  void shouldNotDependOnHowManyRanksShareTheRatioWhenMerged() {
    double one = TrainingRuns.healthy("r").build().signals(60).gradientNormRatioMean();
    double four = TrainingRuns.healthy("r").ranks(4).build().signals(60).gradientNormRatioMean();

    assertThat(four).isCloseTo(one, within(1e-9));
  }

  @Test
  void shouldScaleTheRatioAloneWhenAlphaIsDisturbed() {
    TrainingRun run = TrainingRuns.healthy("r").alphaFactor(50, 100).build();

    assertThat(run.signals(49).gradientNormRatioMean()).isLessThan(0.1);
    assertThat(run.signals(50).gradientNormRatioMean()).isBetween(2.0, 10.0);
    assertThat(run.telemetry(50, 0).knobs().get(0).value()).isEqualTo(0.1);
    assertThat(run.signals(50).layers().get(0).routerCosineAll()).isLessThan(0.061);
  }

  @Test
  void shouldMoveItsSignalWhenDisturbed() {
    TrainingRun spike = TrainingRuns.healthy("r").spike(60, 3).build();
    assertThat(spike.signals(60).losses().languageModel()).isGreaterThan(4.5);
    assertThat(spike.signals(60).gradientNorm()).isGreaterThan(3);
    assertThat(spike.signals(61).losses().languageModel()).isLessThan(3.1);

    TrainingRun nan = TrainingRuns.healthy("r").nan(60).build();
    assertThat(nan.signals(60).losses().languageModel()).isNaN();
    assertThat(nan.signals(60).gradientNorm()).isNaN();
    assertThat(nan.signals(60).nonFinite()).isGreaterThan(5);
    assertThat(nan.signals(61).nonFinite()).isZero();

    TrainingRun dead = TrainingRuns.healthy("r").deadExpert(60, 1, 3).build();
    assertThat(dead.signals(59).layers().get(1).deadExperts()).isZero();
    assertThat(dead.signals(60).layers().get(1).deadExperts()).isOne();
    assertThat(dead.signals(60).layers().get(0).deadExperts()).isZero();

    TrainingRun cloned = TrainingRuns.healthy("r").clonedRouters(60).build();
    assertThat(cloned.signals(60).layers().get(2).routerCosineAll()).isGreaterThan(0.9);
    assertThat(cloned.signals(60).gradientNormRatioMean()).isLessThan(0.1);

    TrainingRun unbalanced = TrainingRuns.healthy("r").imbalance(60, 2.6).build();
    assertThat(unbalanced.signals(60).layers().get(0).maxViolation()).isBetween(2.5, 2.7);

    TrainingRun epsilon = TrainingRuns.healthy("r").epsilon(1e-3).build();
    assertThat(epsilon.signals(60).epsilonOverRmsMax()).isGreaterThan(1);
    assertThat(epsilon.signals(60).belowEpsilonShare()).isGreaterThan(0.4);

    TrainingRun growing = TrainingRuns.healthy("r").growingActivations(60, 1.5).build();
    assertThat(growing.signals(70).activations().get(0).maxAbs()).isGreaterThan(1000);
    assertThat(growing.signals(70).activations().get(0).aboveThresholdShare()).isPositive();

    TrainingRun straggling = TrainingRuns.healthy("r").ranks(4).straggler(2, 3).build();
    assertThat(straggling.signals(60).stragglerSkew()).isBetween(1.8, 2.2);
  }

  @Test
  void shouldTravelWhenEncoded() throws Exception {
    TrainingRun run = TrainingRuns.healthy("r").ranks(2).nan(3).build();

    for (StepTelemetry telemetry : run.stream(5).toList()) {
      assertThat(Codecs.STEP_TELEMETRY.decode(Codecs.STEP_TELEMETRY.encode(telemetry)))
          .isEqualTo(telemetry);
    }
    List<StepSignals> signals = run.signalsStream(5).toList();
    for (StepSignals each : signals) {
      assertThat(Codecs.STEP_SIGNALS.decode(Codecs.STEP_SIGNALS.encode(each))).isEqualTo(each);
    }
    assertThat(Codecs.RUN_SPEC.decode(Codecs.RUN_SPEC.encode(run.spec()))).isEqualTo(run.spec());
  }
}
