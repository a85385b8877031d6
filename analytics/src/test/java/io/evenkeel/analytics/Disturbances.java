package io.evenkeel.analytics;

import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** A run for each rule, healthy until {@link #FROM} and then disturbed so that the rule fires. */
public final class Disturbances {

  /** First disturbed step. */
  public static final long FROM = 120;

  /** Rules that never do more than inform, or, as the plateau, mostly. */
  public static final Set<BuiltInRule> INFORMING =
      Set.of(BuiltInRule.GRADIENT_NORM_RATIO_FORECAST, BuiltInRule.DATA_SHIFT, BuiltInRule.PLATEAU);

  private static final Map<BuiltInRule, Integer> RANKS =
      Map.of(BuiltInRule.STRAGGLER_RANK, 3, BuiltInRule.MISSING_RANK, 2);

  private Disturbances() {}

  /** The telemetry of {@code steps} steps of a run that the rule is to catch. */
  public static List<StepTelemetry> telemetry(BuiltInRule rule, String run, long steps) {
    TrainingRun training = settings(rule, TrainingRuns.healthy(run).layers(2)).build();
    int ranks = RANKS.getOrDefault(rule, 1);
    UnaryOperator<StepTelemetry> change = change(rule);
    return LongStream.range(0, steps)
        .boxed()
        .flatMap(step -> IntStream.range(0, ranks).mapToObj(rank -> training.telemetry(step, rank)))
        .filter(
            t -> rule != BuiltInRule.MISSING_RANK || t.key().step() < FROM || t.key().rank() > 0)
        .map(t -> t.key().step() < from(rule) ? t : change.apply(t))
        .toList();
  }

  /** Where the loss is made anew, and where it takes the whole run to show. */
  private static long from(BuiltInRule rule) {
    return INFORMING.contains(rule) ? 0 : FROM;
  }

  private static TrainingRuns settings(BuiltInRule rule, TrainingRuns runs) {
    return switch (rule) {
      case GRADIENT_NORM_RATIO -> runs.alphaFactor(FROM, 100);
      case EPSILON_OVER_RMS -> runs.epsilon(1e-3);
      case ROUTER_SIMILARITY -> runs.clonedRouters(FROM);
      case LOAD_IMBALANCE -> runs.imbalance(FROM, 2.9);
      case DEAD_EXPERT -> runs.deadExpert(FROM, 1, 3);
      case ACTIVATION_MAGNITUDE -> runs.growingActivations(FROM, 1.1);
      case NON_FINITE -> runs.nan(FROM + 5);
      case LOGIT_GRADIENT_RATIO -> runs.alphaFactor(FROM, 1000);
      case STRAGGLER_RANK -> runs.ranks(3).straggler(1, 2);
      case MISSING_RANK -> runs.ranks(2);
      default -> runs;
    };
  }

  private static UnaryOperator<StepTelemetry> change(BuiltInRule rule) {
    return switch (rule) {
      case ROUTER_UNINFORMATIVE ->
          t ->
              Telemetries.withLayers(
                  t,
                  l -> Telemetries.withTokenEntropy(l, 0.998 * t.tokens() * Math.log(l.experts())));
      case FFN_EXPERTS_OFF_TARGET ->
          t ->
              Telemetries.withLayers(
                  t, l -> Telemetries.withFfnExperts(l, 0.4 * l.ffnExpertsSum()));
      case LOSS_SPIKE -> t -> t.key().step() < FROM + 5 ? Telemetries.withLoss(t, 7) : t;
      case GRADIENT_NORM_SPIKE ->
          t ->
              t.key().step() < FROM + 5
                  ? Telemetries.withGradientNorm(t, 7 * Objects.requireNonNull(t.gradientNorm()))
                  : t;
      case DIVERGENCE -> t -> Telemetries.withLoss(t, 2.5 + 0.05 * (t.key().step() - FROM));
      case DATA_SHIFT ->
          t ->
              Telemetries.withLoss(
                  t, (t.key().step() < FROM ? 2.5 : 3.5) + 0.02 * (t.key().step() * 7 % 5));
      case PLATEAU -> t -> Telemetries.withLoss(t, 5.5 + 0.01 * (t.key().step() % 3));
      case VANISHING_GRADIENT -> t -> Telemetries.withGradientNorm(t, 1e-6);
      case SLOW_STEP ->
          t -> t.key().step() == FROM + 5 ? Telemetries.withStepTime(t, 6 * t.stepTimeMillis()) : t;
      case STEP_TIME_REGRESSION -> t -> Telemetries.withStepTime(t, 1.5 * t.stepTimeMillis());
      case GRADIENT_NORM_RATIO_FORECAST ->
          t ->
              Telemetries.withLayers(
                  t,
                  l ->
                      Telemetries.withCoefficient(
                          l, 0.1 * Math.pow(1.012, t.key().step()) * l.loadBalanceCoefficient()));
      case ROUTER_LOGIT_GROWTH ->
          t -> Telemetries.withLayers(t, l -> Telemetries.withRouterZ(l, 4 * l.routerZSum()));
      case EXPERT_SIMILARITY ->
          t -> Telemetries.withLayers(t, l -> Telemetries.withExpertOutputCosine(l, 0.5));
      case BIAS_HUNTING -> t -> Telemetries.withLayers(t, l -> swinging(l, t.key().step()));
      default -> UnaryOperator.identity();
    };
  }

  /** Load and bias swing to and fro, further every other time. */
  private static MoeLayerTelemetry swinging(MoeLayerTelemetry layer, long step) {
    long[] load = new long[layer.experts()];
    double[] bias = new double[layer.experts()];
    for (int i = 0; i < load.length; i++) {
      load[i] = layer.load().get(i);
      bias[i] = 0.1 * (((i + step) & 1) == 0 ? 1 : -1);
    }
    load[0] *= (step & 1) == 0 ? 4 : 1;
    return Telemetries.withLoadAndBias(layer, ExpertLoads.of(load), ExpertVector.of(bias));
  }
}
