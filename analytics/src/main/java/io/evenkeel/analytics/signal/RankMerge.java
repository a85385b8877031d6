package io.evenkeel.analytics.signal;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Adds the ranks' parts of one step up, in rank order, before any norm or ratio is taken. The order
 * and the duplication of the parts make no difference, bit by bit: parts are sorted by rank, and of
 * two parts of a rank the first counts.
 */
final class RankMerge {

  private record Site(int layer, ActivationSite site) implements Comparable<Site> {
    @Override
    public int compareTo(Site other) {
      int byLayer = Integer.compare(layer, other.layer);
      return byLayer != 0 ? byLayer : site.compareTo(other.site);
    }
  }

  private RankMerge() {}

  /**
   * The sum of {@code parts}.
   *
   * @param parts at least one part, all of the same run, incarnation and step
   * @throws IllegalArgumentException if there is no part, or keys differ
   */
  static MergedStep merge(Collection<StepTelemetry> parts) {
    TreeMap<Integer, StepTelemetry> byRank = new TreeMap<>();
    for (StepTelemetry part : parts) {
      byRank.putIfAbsent(part.key().rank(), part);
    }
    if (byRank.isEmpty()) {
      throw new IllegalArgumentException("a step without a part");
    }
    List<StepTelemetry> ranks = new ArrayList<>(byRank.values());
    StepTelemetry first = ranks.get(0);
    int worldSize = ranks.size();
    long tokens = 0;
    long droppedBefore = 0;
    long nonFinite = 0;
    double telemetryTime = 0;
    Instant wallTime = first.wallTime();
    CommandPosition lastCommand = first.lastCommand();
    for (StepTelemetry rank : ranks) {
      if (!rank.key().stepKey().equals(first.key().stepKey())) {
        throw new IllegalArgumentException("parts of different steps");
      }
      worldSize = Math.max(worldSize, rank.worldSize());
      tokens = Sums.plus(tokens, rank.tokens());
      droppedBefore = Sums.plus(droppedBefore, rank.droppedBefore());
      nonFinite = Sums.plus(nonFinite, NonFinite.count(rank));
      telemetryTime = Math.max(telemetryTime, rank.telemetryTimeMillis());
      wallTime = rank.wallTime().isAfter(wallTime) ? rank.wallTime() : wallTime;
      lastCommand =
          rank.lastCommand().compareTo(lastCommand) < 0 ? rank.lastCommand() : lastCommand;
    }
    double[] stepTimes = ranks.stream().mapToDouble(StepTelemetry::stepTimeMillis).toArray();
    List<TensorTelemetry> tensors = tensors(ranks);
    for (TensorTelemetry tensor : tensors) {
      nonFinite = Sums.plus(nonFinite, NonFinite.count(tensor));
    }
    return new MergedStep(
        first.key().stepKey(),
        ranks.size(),
        worldSize,
        wallTime,
        tokens,
        losses(ranks),
        lowest(ranks, StepTelemetry::gradientNorm),
        lowest(ranks, StepTelemetry::clipCoefficient),
        RankMerge.<MoeShape>lowest(ranks, StepTelemetry::moeShape),
        layers(ranks),
        activations(ranks),
        tensors,
        java.util.Arrays.stream(stepTimes).max().orElse(0),
        telemetryTime,
        skew(stepTimes),
        nonFinite,
        knobs(ranks),
        lastCommand,
        scalars(ranks),
        droppedBefore);
  }

  private static <T> @Nullable T lowest(
      List<StepTelemetry> ranks, Function<StepTelemetry, @Nullable T> figure) {
    for (StepTelemetry rank : ranks) {
      T value = figure.apply(rank);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private static Losses losses(List<StepTelemetry> ranks) {
    return new Losses(
        mean(ranks, Losses::languageModel),
        mean(ranks, Losses::loadBalance),
        mean(ranks, Losses::hiddenZ),
        mean(ranks, Losses::total));
  }

  private static @Nullable Double mean(
      List<StepTelemetry> ranks, Function<Losses, @Nullable Double> term) {
    WeightedMean mean = new WeightedMean();
    for (StepTelemetry rank : ranks) {
      mean.add(term.apply(rank.losses()), rank.tokens());
    }
    return mean.value();
  }

  private static List<MergedLayer> layers(List<StepTelemetry> ranks) {
    SortedSet<Integer> indices = new TreeSet<>();
    for (StepTelemetry rank : ranks) {
      for (MoeLayerTelemetry layer : rank.moeLayers()) {
        indices.add(layer.layer());
      }
    }
    return indices.stream().map(layer -> MergedLayer.of(layer, ranks)).toList();
  }

  private static List<ActivationSums> activations(List<StepTelemetry> ranks) {
    TreeMap<Site, ActivationSums> sums = new TreeMap<>();
    for (StepTelemetry rank : ranks) {
      for (ActivationSums part : rank.activations()) {
        sums.merge(new Site(part.layer(), part.site()), part, RankMerge::plus);
      }
    }
    return List.copyOf(sums.values());
  }

  private static ActivationSums plus(ActivationSums a, ActivationSums b) {
    return new ActivationSums(
        a.layer(),
        a.site(),
        Sums.plus(a.count(), b.count()),
        a.sum() + b.sum(),
        a.sumSquares() + b.sumSquares(),
        a.sumCubes() + b.sumCubes(),
        a.sumFourths() + b.sumFourths(),
        Math.max(a.maxAbs(), b.maxAbs()),
        Sums.plus(a.aboveThreshold(), b.aboveThreshold()),
        a.threshold(),
        Sums.plus(a.nonFinite(), b.nonFinite()));
  }

  private static List<TensorTelemetry> tensors(List<StepTelemetry> ranks) {
    StepTelemetry reporter = ranks.get(0);
    for (StepTelemetry rank : ranks) {
      if (!rank.tensors().isEmpty()) {
        reporter = rank;
        break;
      }
    }
    if (reporter.tensorPlacement() == Placement.REPLICATED) {
      return reporter.tensors();
    }
    Map<String, TensorTelemetry> sums = new LinkedHashMap<>();
    for (StepTelemetry rank : ranks) {
      for (TensorTelemetry part : rank.tensors()) {
        sums.merge(part.name(), part, RankMerge::plus);
      }
    }
    return List.copyOf(sums.values());
  }

  private static TensorTelemetry plus(TensorTelemetry a, TensorTelemetry b) {
    return new TensorTelemetry(
        a.name(),
        Sums.plus(a.elements(), b.elements()),
        a.sumSquares() + b.sumSquares(),
        Sums.plus(a.nonFinite(), b.nonFinite()),
        Sums.plus(a.belowEpsilon(), b.belowEpsilon()),
        Sums.plus(a.belowEpsilonNonzero(), b.belowEpsilonNonzero()));
  }

  private static double skew(double[] stepTimes) {
    double median = Medians.median(stepTimes);
    double slowest = java.util.Arrays.stream(stepTimes).max().orElse(0);
    return median > 0 ? slowest / median - 1 : 0;
  }

  private static List<KnobValue> knobs(List<StepTelemetry> ranks) {
    for (StepTelemetry rank : ranks) {
      if (!rank.knobs().isEmpty()) {
        return rank.knobs();
      }
    }
    return List.of();
  }

  private static Map<String, Double> scalars(List<StepTelemetry> ranks) {
    if (ranks.size() == 1) {
      return ranks.get(0).scalars();
    }
    Map<String, WeightedMean> means = new TreeMap<>();
    for (StepTelemetry rank : ranks) {
      rank.scalars()
          .forEach((name, v) -> means.computeIfAbsent(name, n -> new WeightedMean()).add(v, 1));
    }
    Map<String, Double> scalars = new TreeMap<>();
    means.forEach(
        (name, mean) -> {
          Double value = mean.value();
          if (value != null) {
            scalars.put(name, value);
          }
        });
    return scalars;
  }
}
