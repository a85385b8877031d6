package io.evenkeel.analytics.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import java.time.Instant;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every signal equals the reference's, for one rank and for several, to 1e-9 relative. */
class SignalGoldenTest {

  /** Relative; the figures of the reference carry 15 digits. */
  private static final double EXACT = 1e-9;

  @ParameterizedTest
  @CsvSource({
    "p1_tiny, 1",
    "p1_tiny, 3",
    "p1_tiny, 16",
    "p2_small, 1",
    "p2_small, 5",
    "p3_groups, 1",
    "p3_groups, 4"
  })
  void shouldEqualTheReferenceWhenRanksAreMerged(String name, int worldSize) {
    GoldenCase golden = GoldenCase.load(name);

    StepSignals signals =
        SignalMath.signals(golden.telemetry(worldSize), SpikeHistory.EMPTY, 0, Instant.EPOCH);

    assertThat(signals.ranksSeen()).isEqualTo(worldSize);
    assertThat(signals.tokens()).isEqualTo(golden.count("T"));
    assertThat(signals.nonFinite()).isZero();
    assertThat(signals.layers()).hasSize(golden.layers());
    signals.layers().forEach(layer -> checkLayer(golden, layer));
    checkActivation(golden, signals.activations().get(0));
    assertThat(signals.tensors()).hasSize(golden.tensors().size());
    signals.tensors().forEach(tensor -> checkTensor(golden, tensor));
    double[] ratios = new double[golden.layers()];
    Arrays.setAll(ratios, l -> golden.one("signal." + l + ".r_g"));
    close(signals.gradientNormRatioMax(), Arrays.stream(ratios).max().orElseThrow());
    close(signals.gradientNormRatioMean(), Arrays.stream(ratios).average().orElseThrow());
  }

  private static void checkLayer(GoldenCase golden, LayerSignals layer) {
    String path = "signal." + layer.layer() + ".";
    close(layer.gradientNormRatio(), golden.one(path + "r_g"));
    close(layer.lmGradientNorm(), golden.one(path + "lm_grad_norm"));
    close(layer.lbGradientNorm(), golden.one(path + "lb_grad_norm"));
    close(layer.logitGradientRatio(), golden.one(path + "r_z"));
    close(layer.routerCosineAll(), golden.one(path + "router_cos.all"));
    close(layer.routerCosineFfn(), golden.one(path + "router_cos.ffn"));
    close(layer.loadBalanceLoss(), golden.one(path + "lb_loss"));
    close(layer.maxViolation(), golden.one(path + "max_vio"));
    close(layer.coefficientOfVariation(), golden.one(path + "cv"));
    close((double) layer.deadExperts(), golden.one(path + "dead_experts"));
    close(layer.entropyOfMean(), golden.one(path + "entropy_P"));
    close(layer.entropyOfMeanNormalised(), golden.one(path + "entropy_P_norm"));
    close(layer.tokenEntropyMean(), golden.one(path + "token_entropy_mean"));
    close(layer.tokenEntropyNormalised(), golden.one(path + "token_entropy_norm"));
    close(layer.softMutualInformation(), golden.one(path + "soft_mi"));
    close(layer.ffnExpertsMean(), golden.one(path + "ffn_per_token_mean"));
    close(layer.ffnExpertsStd(), golden.one(path + "ffn_per_token_std"));
    double target = golden.one("config.Ke");
    close(
        layer.ffnExpertsRelativeError(),
        Math.abs(golden.one(path + "ffn_per_token_mean") - target) / target);
    close(layer.zeroShare(), golden.one(path + "zero_fraction"));
    close(layer.routerZ(), golden.one(path + "router_z"));
    close(layer.routerLogitMaxAbs(), golden.one(path + "router_logit_max_abs"));
    close(layer.expertOutputCosine(), golden.one(path + "expert_output_cos"));
    close(layer.ffnSumVariance(), golden.one(path + "ffn_sum_var"));
    close(layer.gammaEmpirical(), golden.one(path + "gamma_empirical"));
    double[] load = golden.all(path + "load");
    double[] probabilities = golden.all(path + "P");
    for (int i = 0; i < load.length; i++) {
      assertThat(layer.load().get(i)).isEqualTo((long) load[i]);
      close(layer.probabilities().get(i), probabilities[i]);
    }
  }

  private static void checkActivation(GoldenCase golden, ActivationSignals activation) {
    String path = "signal." + activation.layer() + ".act_layer_out.";
    close(activation.maxAbs(), golden.one(path + "max_abs"));
    close(activation.mean(), golden.one(path + "mean"));
    close(activation.std(), golden.one(path + "std"));
    close(activation.rms(), golden.one(path + "rms"));
    close(activation.kurtosis(), golden.one(path + "kurtosis"));
    close(activation.aboveThresholdShare(), golden.one(path + "frac_above"));
  }

  private static void checkTensor(GoldenCase golden, TensorSignals tensor) {
    String path = "tensor." + tensor.name() + ".";
    close(tensor.gradientRms(), golden.one(path + "grad_rms"));
    double expected = golden.one(path + "eps_over_rms");
    if (Double.isNaN(expected)) {
      assertThat(tensor.epsilonOverRms()).isNull();
    } else {
      close(tensor.epsilonOverRms(), expected);
    }
    close(tensor.belowEpsilonShare(), golden.one(path + "frac_below_eps"));
    close(tensor.belowEpsilonNonzeroShare(), golden.one(path + "frac_below_eps_nonzero"));
  }

  private static void close(Double actual, double expected) {
    assertThat(actual)
        .isCloseTo(expected, Offset.offset(EXACT * Math.max(1e-3, Math.abs(expected))));
  }
}
