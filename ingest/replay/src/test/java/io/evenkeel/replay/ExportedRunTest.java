package io.evenkeel.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import io.evenkeel.replay.tally.SkipReason;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The formulas of the documents, from the sums back to the figures that the export has. */
class ExportedRunTest {
  /** 64 tokens, two of four experts each, the last of which is a zero expert. */
  private static final String STEP =
      """
      {"format":"evenkeel-steps/1","run":"origin","step":7,"incarnation":2,"at":"2026-01-01T00:00:07Z","tokens":64,
       "loss_lm":3.5,"loss_lb":1.25,"loss_z":null,"loss_total":"NaN","gradient_norm":0.5,"clip_coefficient":1.0,
       "step_time_millis":250.0,"telemetry_time_millis":1.5,"straggler_skew":0.4,"non_finite":9,"ranks_seen":2,"world_size":2,
       "slowest_rank":1,"lowest_missing_rank":null,"scalars":{"accuracy":0.75,"odd":"-Infinity"},
       "knobs":[{"knob":"load_balance.alpha","scope":"","value":0.01},{"knob":"adam.epsilon","scope":"","value":1e-8}],
       "layers":[{"layer":1,"gradient_norm_ratio":0.05,"lm_gradient_norm":0.2,"lb_gradient_norm":0.5,"logit_gradient_ratio":0.3,
         "router_cosine_all":0.125,"router_cosine_ffn":null,"load":[50.0,30.0,16.0,32.0],"probabilities":[0.4,0.3,0.2,0.1],
         "selection_bias":[0.5,-0.5,0.0,0.0],"load_balance_loss":1.25,"max_violation":0.5625,"dead_experts":0,"ffn_experts":3,
         "token_entropy_normalised":0.5,"ffn_experts_mean":1.5,"ffn_experts_std":0.5,"ffn_experts_target":1.5,"zero_share":0.25,
         "router_z":4.0,"router_logit_max_abs":6.0,"expert_output_cosine":null,"top1_churn":0.01}],
       "activations":[{"layer":1,"site":"moe_in","max_abs":9.0,"mean":0.25,"std":2.0,"rms":2.015564437074637,"kurtosis":5.0,
         "above_threshold_share":0.125,"non_finite":3}],
       "tensors":[{"tensor":"embed","gradient_rms":0.001,"epsilon_over_rms":1e-5,"below_epsilon_share":0.25,
         "below_epsilon_nonzero_share":0.125,"non_finite":2,"elements":1000}]}
      """
          .replace("\n", "");

  @TempDir Path dir;

  private Logs.Whole read(String text) throws Exception {
    return new Logs(dir).read("export.jsonl", text);
  }

  private StepTelemetry step() throws Exception {
    Logs.Whole log = read(STEP);
    assertThat(log.format()).isEqualTo(LogFormat.EXPORT);
    assertThat(log.skipped()).isEmpty();
    assertThat(log.telemetry()).hasSize(1);
    return log.telemetry().getFirst();
  }

  @Test
  void shouldTellTheStepAsOneRankWould() throws Exception {
    StepTelemetry step = step();

    assertThat(step.key().run()).isEqualTo(Logs.RUN);
    assertThat(step.key().incarnation()).isEqualTo(2);
    assertThat(step.key().step()).isEqualTo(7);
    assertThat(step.key().rank()).isZero();
    assertThat(step.worldSize()).isEqualTo(1);
    assertThat(step.wallTime()).isEqualTo(Instant.parse("2026-01-01T00:00:07Z"));
    assertThat(step.tokens()).isEqualTo(64);
    assertThat(step.losses().languageModel()).isEqualTo(3.5);
    assertThat(step.losses().hiddenZ()).isNull();
    assertThat(step.losses().total()).isNaN();
    assertThat(step.stepTimeMillis()).isEqualTo(250);
    assertThat(step.scalars()).isEqualTo(Map.of("accuracy", 0.75, "odd", Double.NEGATIVE_INFINITY));
    assertThat(step.knobs()).hasSize(2);
    assertThat(step.moeShape()).isEqualTo(new MoeShape(2, 3, 1, 2, 1.5, 0));
  }

  @Test
  void shouldComeToTheSameFiguresOfALayer() throws Exception {
    StepTelemetry step = step();
    MoeLayerTelemetry layer = step.moeLayers().getFirst();
    double tokens = step.tokens();

    double lm = norm(layer.lmGradP());
    double lb = norm(layer.lbGradP());
    assertThat(lm / tokens).isCloseTo(0.2, within(1e-15));
    assertThat(lb / tokens).isCloseTo(0.5, within(1e-15));
    assertThat(layer.loadBalanceCoefficient() * lb / lm).isCloseTo(0.05, within(1e-15));
    assertThat(layer.lmGradZSumSquares()).isPositive();
    assertThat(
            layer.loadBalanceCoefficient()
                * Math.sqrt(layer.lbGradZSumSquares() / layer.lmGradZSumSquares()))
        .isCloseTo(0.3, within(1e-12));
    assertThat(layer.load().toArray()).containsExactly(50, 30, 16, 32);
    assertThat(layer.probabilitySums().get(0) / tokens).isCloseTo(0.4, within(1e-12));
    assertThat(layer.tokenEntropySum() / tokens / Math.log(4)).isCloseTo(0.5, within(1e-12));
    double mean = layer.ffnExpertsSum() / tokens;
    assertThat(mean).isEqualTo(1.5);
    assertThat(Math.sqrt(layer.ffnExpertsSumSquares() / tokens - mean * mean)).isEqualTo(0.5);
    assertThat(layer.routerZSum() / tokens).isEqualTo(4);
    assertThat(layer.routerCosineFfn()).isNull();
    assertThat(layer.top1Churn()).isEqualTo(0.01);
    // Zero experts' share of all selections.
    assertThat(layer.load().get(3) / (tokens * 2)).isEqualTo(0.25);
  }

  @Test
  void shouldComeToTheSameMomentsSharesAndCounts() throws Exception {
    StepTelemetry step = step();
    ActivationSums sums = step.activations().getFirst();
    double n = sums.count();
    double mean = sums.sum() / n;
    double square = sums.sumSquares() / n;
    double variance = square - mean * mean;
    double fourth =
        sums.sumFourths() / n
            - 4 * mean * sums.sumCubes() / n
            + 6 * mean * mean * square
            - 3 * Math.pow(mean, 4);
    assertThat(mean).isEqualTo(0.25);
    assertThat(Math.sqrt(variance)).isCloseTo(2, within(1e-12));
    assertThat(fourth / (variance * variance)).isCloseTo(5, within(1e-12));
    assertThat(sums.aboveThreshold() / n).isEqualTo(0.125);

    TensorTelemetry tensor = step.tensors().getFirst();
    assertThat(Math.sqrt(tensor.sumSquares() / (1000 - 2))).isCloseTo(0.001, within(1e-15));
    assertThat(tensor.belowEpsilon()).isEqualTo(250);
    assertThat(tensor.belowEpsilonNonzero()).isEqualTo(125);

    // 9 in all: one loss, 3 activations, 2 of the gradient, and 3 that only the total knows.
    assertThat(step.moeLayers().getFirst().routerNonFinite()).isEqualTo(3);
  }

  @Test
  void shouldKeepWhatIsNotFiniteWhenNothingWasMeasured() throws Exception {
    Logs.Whole log =
        read(
            """
            {"format":"evenkeel-steps/1","run":"origin","step":0,"incarnation":0,"tokens":0,"loss_lm":"Infinity","step_time_millis":"NaN","scalars":{},"knobs":[],"layers":[],"activations":[{"layer":0,"site":"layer_out","max_abs":0.0,"mean":"NaN","std":"NaN","rms":"NaN","kurtosis":"NaN","above_threshold_share":"NaN","non_finite":5}],"tensors":[{"tensor":"t","gradient_rms":"NaN","epsilon_over_rms":null,"below_epsilon_share":0.0,"below_epsilon_nonzero_share":0.0,"non_finite":10,"elements":10}]}
            """);

    StepTelemetry step = log.telemetry().getFirst();
    assertThat(step.losses().languageModel()).isInfinite();
    assertThat(step.stepTimeMillis()).isNaN();
    assertThat(step.moeShape()).isNull();
    assertThat(step.activations().getFirst().count()).isZero();
    assertThat(step.activations().getFirst().nonFinite()).isEqualTo(5);
    assertThat(step.tensors().getFirst().nonFinite()).isEqualTo(10);
    assertThat(step.wallTime()).isEqualTo(Logs.NOW);
    assertThat(log.steps().getFirst().recordedAt()).isEmpty();
  }

  @Test
  void shouldCountALineAndGoOnWhenItCannotBe() throws Exception {
    Logs.Whole log =
        read(
            String.join(
                "\n",
                STEP,
                STEP.replace("\"step\":7", "\"step\":-1"),
                STEP.replace("\"step\":7", "\"step\":7.5"),
                STEP.replace("\"step\":7", "\"step\":1e300"),
                STEP.replace("moe_in", "moe_over"),
                STEP.replace("\"tokens\":64", "\"tokens\":\"many\""),
                STEP.replace("2026-01-01T", "2026-13-01T"),
                STEP.replace("[0.4,0.3,0.2,0.1]", "[0.4]"),
                STEP.replace("evenkeel-steps/1", "evenkeel-steps/2"),
                "{\"format\":\"evenkeel-steps/1\"",
                "[]",
                STEP.replace("origin", "other"),
                STEP.replace("\"step\":7", "\"step\":8")));

    assertThat(log.telemetry()).extracting(step -> step.key().step()).containsExactly(7L, 8L);
    assertThat(log.skipped())
        .isEqualTo(Map.of(SkipReason.UNREADABLE, 10L, SkipReason.OTHER_RUN, 1L));
  }

  private static double norm(ExpertVector vector) {
    double[] square = new double[1];
    vector.forEach(value -> square[0] += value * value);
    return Math.sqrt(square[0]);
  }
}
