package io.evenkeel.testing;

import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** FORMULAS sections 4 to 6 in their plainest form, over the synthetic ranks of one step. */
final class SignalSynthesis {

  private SignalSynthesis() {}

  static StepSignals merge(TrainingRuns settings, List<StepTelemetry> ranks) {
    StepTelemetry first = ranks.get(0);
    long step = first.key().step();
    boolean nan = step == settings.nanAt;
    boolean spike = step == settings.spikeAt;
    List<LayerSignals> layers = new ArrayList<>();
    for (int i = 0; i < first.moeLayers().size(); i++) {
      int index = i;
      layers.add(layer(settings, ranks.stream().map(r -> r.moeLayers().get(index)).toList()));
    }
    List<ActivationSignals> activations = new ArrayList<>();
    for (int i = 0; i < first.activations().size(); i++) {
      int index = i;
      activations.add(activation(ranks.stream().map(r -> r.activations().get(index)).toList()));
    }
    List<TensorSignals> tensors = first.tensors().stream().map(t -> tensor(settings, t)).toList();
    double[] times = ranks.stream().mapToDouble(StepTelemetry::stepTimeMillis).sorted().toArray();
    double slowest = times[times.length - 1];
    double elements = first.tensors().stream().mapToLong(TensorTelemetry::elements).sum();
    double below = first.tensors().stream().mapToLong(TensorTelemetry::belowEpsilon).sum();
    return new StepSignals(
        first.key().stepKey(),
        ranks.size(),
        first.worldSize(),
        first.wallTime(),
        first.wallTime().plus(Duration.ofMillis(5)),
        ranks.stream().mapToLong(StepTelemetry::tokens).sum(),
        losses(ranks),
        first.gradientNorm(),
        first.clipCoefficient(),
        layers,
        activations,
        tensors,
        layers.stream().mapToDouble(l -> orZero(l.gradientNormRatio())).max().orElse(0),
        layers.stream().mapToDouble(l -> orZero(l.gradientNormRatio())).average().orElse(0),
        layers.stream().mapToDouble(l -> orZero(l.logitGradientRatio())).max().orElse(0),
        tensors.stream().mapToDouble(t -> orZero(t.epsilonOverRms())).max().orElse(0),
        below / elements,
        nan ? null : (@Nullable Double) (spike ? settings.spikeNats / 0.03 : 0.5),
        nan ? null : (@Nullable Double) (spike ? 40.0 : 0.5),
        slowest,
        first.telemetryTimeMillis(),
        slowest / times[(times.length - 1) / 2] - 1,
        nonFinite(ranks),
        first.knobs(),
        first.lastCommand(),
        first.scalars(),
        0,
        0);
  }

  private static Losses losses(List<StepTelemetry> ranks) {
    return new Losses(
        mean(ranks, r -> orZero(r.losses().languageModel())),
        mean(ranks, r -> orZero(r.losses().loadBalance())),
        mean(ranks, r -> orZero(r.losses().hiddenZ())),
        mean(ranks, r -> orZero(r.losses().total())));
  }

  private static LayerSignals layer(TrainingRuns settings, List<MoeLayerTelemetry> parts) {
    MoeLayerTelemetry first = parts.get(0);
    int experts = settings.experts();
    int n = settings.ffnExperts;
    double tokens = (double) settings.tokensPerRank * parts.size();
    long[] load = new long[experts];
    double[] p = new double[experts];
    double[] lm = new double[experts];
    double[] lb = new double[experts];
    for (MoeLayerTelemetry part : parts) {
      for (int i = 0; i < experts; i++) {
        load[i] += part.load().get(i);
        p[i] += part.probabilitySums().get(i) / tokens;
        lm[i] += part.lmGradP().get(i) / tokens;
        lb[i] += part.lbGradP().get(i) / tokens;
      }
    }
    double lmNorm = TelemetrySynthesis.norm(lm);
    double lbNorm = TelemetrySynthesis.norm(lb);
    double coefficient = first.loadBalanceCoefficient();
    double lmZ = Math.sqrt(sum(parts, l -> orZero(l.lmGradZSumSquares())));
    double lbZ = Math.sqrt(sum(parts, l -> orZero(l.lbGradZSumSquares())));
    double lnExperts = Math.log(experts);
    double entropy = 0;
    for (double x : p) {
      entropy -= x * Math.log(x);
    }
    double tokenEntropy = sum(parts, MoeLayerTelemetry::tokenEntropySum) / tokens;
    double ffnMean = sum(parts, MoeLayerTelemetry::ffnExpertsSum) / tokens;
    double ffnSquare = sum(parts, MoeLayerTelemetry::ffnExpertsSumSquares) / tokens;
    long[] ffnLoad = Arrays.copyOf(load, n);
    double mean = Arrays.stream(ffnLoad).average().orElse(0);
    double largest = Arrays.stream(ffnLoad).max().orElse(0);
    double variance =
        Arrays.stream(ffnLoad).mapToDouble(x -> (x - mean) * (x - mean)).average().orElse(0);
    double target = settings.ffnExpertsTarget;
    return new LayerSignals(
        first.layer(),
        coefficient * lbNorm / lmNorm,
        lmNorm,
        lbNorm,
        coefficient * lbZ / lmZ,
        GradientMethod.EXACT,
        first.routerCosineAll(),
        first.routerCosineFfn(),
        ExpertLoads.of(load),
        ExpertVector.of(p),
        mean(parts, l -> orZero(l.loadBalanceLoss())),
        mean == 0 ? 0 : largest / mean - 1,
        mean == 0 ? 0 : Math.sqrt(variance) / mean,
        (int) Arrays.stream(ffnLoad).filter(x -> x == 0).count(),
        entropy,
        entropy / lnExperts,
        tokenEntropy,
        tokenEntropy / lnExperts,
        entropy - tokenEntropy,
        ffnMean,
        Math.sqrt(Math.max(0, ffnSquare - ffnMean * ffnMean)),
        Math.abs(ffnMean - target) / target,
        1 - Arrays.stream(ffnLoad).sum() / (tokens * settings.topK),
        sum(parts, MoeLayerTelemetry::routerZSum) / tokens,
        parts.stream().mapToDouble(MoeLayerTelemetry::routerLogitMaxAbs).max().orElse(0),
        first.selectionBias(),
        first.expertOutputCosine(),
        first.top1Churn(),
        first.ffnSumVariance(),
        first.gammaEmpirical(),
        target,
        n);
  }

  private static ActivationSignals activation(List<ActivationSums> parts) {
    double count = sum(parts, ActivationSums::count);
    double mean = sum(parts, ActivationSums::sum) / count;
    double square = sum(parts, ActivationSums::sumSquares) / count;
    double cube = sum(parts, ActivationSums::sumCubes) / count;
    double fourth = sum(parts, ActivationSums::sumFourths) / count;
    double m2 = square - mean * mean;
    double m4 = fourth - 4 * mean * cube + 6 * mean * mean * square - 3 * mean * mean * mean * mean;
    return new ActivationSignals(
        parts.get(0).layer(),
        parts.get(0).site(),
        parts.stream().mapToDouble(ActivationSums::maxAbs).max().orElse(0),
        mean,
        Math.sqrt(m2),
        Math.sqrt(square),
        m4 / (m2 * m2),
        sum(parts, ActivationSums::aboveThreshold) / count,
        0);
  }

  private static TensorSignals tensor(TrainingRuns settings, TensorTelemetry tensor) {
    double elements = tensor.elements();
    double rms = Math.sqrt(tensor.sumSquares() / elements);
    return new TensorSignals(
        tensor.name(),
        rms,
        settings.epsilon / rms,
        tensor.belowEpsilon() / elements,
        tensor.belowEpsilonNonzero() / elements,
        tensor.nonFinite(),
        tensor.elements());
  }

  /**
   * Entries counted by the ranks, and one for each loss term or gradient norm that is not finite.
   */
  private static long nonFinite(List<StepTelemetry> ranks) {
    StepTelemetry first = ranks.get(0);
    long count = first.tensors().stream().mapToLong(TensorTelemetry::nonFinite).sum();
    for (StepTelemetry rank : ranks) {
      count += rank.moeLayers().stream().mapToLong(MoeLayerTelemetry::routerNonFinite).sum();
      Double[] scalars = {
        rank.losses().languageModel(),
        rank.losses().loadBalance(),
        rank.losses().hiddenZ(),
        rank.losses().total(),
        rank.gradientNorm()
      };
      count += Arrays.stream(scalars).filter(x -> x != null && !Double.isFinite(x)).count();
    }
    return count;
  }

  private static <T> double sum(List<T> parts, ToDoubleFunction<T> component) {
    return parts.stream().mapToDouble(component).sum();
  }

  private static <T> double mean(List<T> parts, ToDoubleFunction<T> component) {
    return sum(parts, component) / parts.size();
  }

  private static double orZero(@Nullable Double value) {
    return value == null ? 0 : value;
  }
}
