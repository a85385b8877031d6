package io.evenkeel.trainer.golden;

import io.evenkeel.trainer.golden.Actual.Group;
import io.evenkeel.trainer.golden.Actual.Number;
import io.evenkeel.trainer.golden.Actual.Numbers;
import io.evenkeel.trainer.layer.LayerStatistics;
import io.evenkeel.trainer.layer.PowerSums;
import io.evenkeel.trainer.layer.Site;
import io.evenkeel.trainer.signal.GammaAlignment;
import io.evenkeel.trainer.signal.GradientNormRatio;
import io.evenkeel.trainer.signal.RoutingSignals;

/** The signals of one layer under the golden file's names. */
final class SignalTree {
  private final Tolerances tolerances;
  private final LayerStatistics sums;

  private SignalTree(LayerStatistics sums, Tolerances tolerances) {
    this.sums = sums;
    this.tolerances = tolerances;
  }

  static Group of(
      LayerStatistics sums, double alpha, int layers, double outputCosine, Tolerances tolerances) {
    SignalTree tree = new SignalTree(sums, tolerances);
    Group group = new Group();
    tree.addRouting(group);
    tree.addRatio(group, alpha, layers);
    group.with(
        "router_cos",
        new Group()
            .with("all", tree.statistic(sums.routerCosineAll()))
            .with("ffn", tree.statistic(sums.routerCosineFfn())));
    group.with("expert_output_cos", tree.statistic(outputCosine));
    group.with("gamma_empirical", tree.statistic(GammaAlignment.empirical(sums)));
    group.with("ffn_sum_var", tree.statistic(sums.activations(Site.FFN_SUM).variance()));
    group.with("act_layer_out", tree.activation(Site.LAYER_OUT));
    group.with("act_moe_in", tree.activation(Site.MOE_IN));
    group.with("act_moe_out", tree.activation(Site.MOE_OUT));
    return group;
  }

  private void addRouting(Group group) {
    RoutingSignals routing = RoutingSignals.of(sums);
    double[] probabilities = sums.probabilitySums();
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] /= sums.tokens();
    }
    group
        .with("lb_loss", statistic(sums.loadBalanceLoss()))
        .with("lb_f", new Numbers(sums.groupFactors(), tolerances.loss()))
        .with("lb_P_group", new Numbers(sums.groupProbabilities(), tolerances.loss()))
        .with("load", new Numbers(sums.load(), Tolerance.EXACT))
        .with("P", new Numbers(probabilities, tolerances.loss()))
        .with("max_vio", statistic(routing.maxViolation()))
        .with("cv", statistic(routing.coefficientOfVariation()))
        .with("entropy_P", statistic(routing.entropyOfMean()))
        .with("entropy_P_norm", statistic(routing.entropyOfMeanNormalised()))
        .with("ffn_per_token_mean", statistic(routing.ffnExpertsMean()))
        .with("ffn_per_token_std", statistic(routing.ffnExpertsStandardDeviation()))
        .with("zero_fraction", statistic(routing.zeroShare()))
        .with("dead_experts", new Number(routing.deadExperts(), Tolerance.EXACT))
        .with("router_z", statistic(routing.routerZ()))
        .with("router_logit_max_abs", statistic(sums.routerLogitMaxAbs()))
        .with("token_entropy_mean", statistic(routing.tokenEntropyMean()))
        .with("token_entropy_norm", statistic(routing.tokenEntropyNormalised()))
        .with("soft_mi", statistic(routing.softMutualInformation()));
  }

  private void addRatio(Group group, double alpha, int layers) {
    GradientNormRatio ratio = GradientNormRatio.of(sums, alpha / layers);
    group
        .with("lm_grad_P", new Numbers(sums.lmGradientP(), tolerances.ratio()))
        .with("lb_grad_P", new Numbers(sums.lbGradientP(), tolerances.ratio()))
        .with("lm_grad_norm", ratio(ratio.lmGradientNorm()))
        .with("lb_grad_norm", ratio(ratio.lbGradientNorm()))
        .with("r_g", ratio(ratio.ratio()))
        .with("r_g_raw_alpha", ratio(ratio.ratio() * layers))
        .with("lm_grad_z_norm", ratio(ratio.lmLogitGradientNorm()))
        .with("lb_grad_z_norm", ratio(ratio.lbLogitGradientNorm()))
        .with("r_z", ratio(ratio.logitRatio()));
  }

  private Group activation(Site site) {
    PowerSums sums = this.sums.activations(site);
    return new Group()
        .with("max_abs", statistic(sums.maxAbs()))
        .with("mean", statistic(sums.mean()))
        .with("std", statistic(sums.standardDeviation()))
        .with("rms", statistic(sums.rms()))
        .with("kurtosis", statistic(sums.kurtosis()))
        .with("frac_above", new Number(sums.aboveThresholdShare(), tolerances.share(sums.count())));
  }

  private Number statistic(double value) {
    return new Number(value, tolerances.statistic());
  }

  private Number ratio(double value) {
    return new Number(value, tolerances.ratio());
  }
}
