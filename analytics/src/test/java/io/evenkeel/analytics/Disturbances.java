package io.evenkeel.analytics;

import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/** A run for each rule, healthy until {@link #FROM} and then disturbed so that the rule fires. */
public final class Disturbances {

  /** First disturbed step. */
  public static final long FROM = 120;

  private Disturbances() {}

  /** The telemetry of {@code steps} steps of a run that the rule is to catch; one rank. */
  public static List<StepTelemetry> telemetry(BuiltInRule rule, String run, long steps) {
    TrainingRun training = settings(rule, TrainingRuns.healthy(run).layers(2)).build();
    UnaryOperator<StepTelemetry> change = change(rule);
    return LongStream.range(0, steps)
        .mapToObj(step -> training.telemetry(step, 0))
        .map(t -> t.key().step() < FROM ? t : change.apply(t))
        .toList();
  }

  private static TrainingRuns settings(BuiltInRule rule, TrainingRuns runs) {
    return switch (rule) {
      case GRADIENT_NORM_RATIO -> runs.alphaFactor(FROM, 100);
      case EPSILON_OVER_RMS -> runs.epsilon(1e-3);
      case ROUTER_SIMILARITY -> runs.clonedRouters(FROM);
      case LOAD_IMBALANCE -> runs.imbalance(FROM, 2.9);
      case DEAD_EXPERT -> runs.deadExpert(FROM, 1, 3);
      case ACTIVATION_MAGNITUDE -> runs.growingActivations(FROM, 1.1);
      case GRADIENT_NORM_SPIKE -> runs.spike(FROM + 5, 0.1);
      case NON_FINITE -> runs.nan(FROM + 5);
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
      default -> UnaryOperator.identity();
    };
  }
}
