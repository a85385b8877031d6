package io.evenkeel.analytics.signal;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Some ranks of one step, added up: all that the signals need of them, in the size of one rank's
 * telemetry whatever their number. Sums of disjoint ranks add up again, in any order and grouping,
 * to the same bits (ADR 31). Mutable, one thread at a time.
 */
public final class StepSum {

  /**
   * Tensors as one rank reports them.
   *
   * @param placement how they merge
   * @param list not empty
   */
  record Tensors(Placement placement, List<TensorTelemetry> list) {}

  final StepKey key;
  int worldSize;
  Instant wallTime = Instant.MIN;
  long tokens;
  long droppedBefore;
  long nonFinite;
  double telemetryTimeMillis;
  CommandPosition lastCommand = CommandPosition.NONE;
  final TreeMap<Integer, Double> stepTimeMillis = new TreeMap<>();
  final ExactMean[] losses = {new ExactMean(), new ExactMean(), new ExactMean(), new ExactMean()};
  final Lowest<Double> gradientNorm = new Lowest<>();
  final Lowest<Double> clipCoefficient = new Lowest<>();
  final Lowest<MoeShape> shape = new Lowest<>();
  final Lowest<Tensors> tensors = new Lowest<>();
  final Lowest<List<KnobValue>> knobs = new Lowest<>();
  final TreeMap<Integer, LayerSum> layers = new TreeMap<>();
  final TreeMap<ActivationSum.Site, ActivationSum> activations = new TreeMap<>();
  final TreeMap<String, TensorSum> shards = new TreeMap<>();
  final TreeMap<String, ExactMean> scalars = new TreeMap<>();

  StepSum(StepKey key) {
    this.key = key;
  }

  /** The sum of one rank. */
  public static StepSum of(StepTelemetry part) {
    StepSum sum = new StepSum(part.key().stepKey());
    sum.add(part);
    return sum;
  }

  /** Run, incarnation and step. */
  public StepKey key() {
    return key;
  }

  /** Ranks that report the step, as the ranks so far know. */
  public int worldSize() {
    return worldSize;
  }

  /** The ranks that have been added, as a copy. */
  public BitSet ranks() {
    BitSet ranks = new BitSet();
    stepTimeMillis.keySet().forEach(ranks::set);
    return ranks;
  }

  /**
   * Adds a rank; one that has been added already is left out.
   *
   * @throws IllegalArgumentException if it is of another step
   */
  public void add(StepTelemetry part) {
    check(part.key().stepKey());
    int rank = part.key().rank();
    if (stepTimeMillis.containsKey(rank)) {
      return;
    }
    lastCommand = stepTimeMillis.isEmpty() ? part.lastCommand() : older(part.lastCommand());
    stepTimeMillis.put(rank, part.stepTimeMillis());
    worldSize = Math.max(worldSize, part.worldSize());
    wallTime = part.wallTime().isAfter(wallTime) ? part.wallTime() : wallTime;
    tokens = Sums.plus(tokens, part.tokens());
    droppedBefore = Sums.plus(droppedBefore, part.droppedBefore());
    nonFinite = Sums.plus(nonFinite, NonFinite.count(part));
    telemetryTimeMillis = Math.max(telemetryTimeMillis, part.telemetryTimeMillis());
    losses[0].add(part.losses().languageModel(), part.tokens());
    losses[1].add(part.losses().loadBalance(), part.tokens());
    losses[2].add(part.losses().hiddenZ(), part.tokens());
    losses[3].add(part.losses().total(), part.tokens());
    gradientNorm.offer(rank, part.gradientNorm());
    clipCoefficient.offer(rank, part.clipCoefficient());
    shape.offer(rank, part.moeShape());
    knobs.offer(rank, part.knobs().isEmpty() ? null : part.knobs());
    addTensors(part, rank);
    for (MoeLayerTelemetry layer : part.moeLayers()) {
      LayerSum sum = layers.computeIfAbsent(layer.layer(), index -> new LayerSum());
      nonFinite = Sums.plus(nonFinite, sum.add(layer, rank, part.tokens()));
    }
    for (ActivationSums sums : part.activations()) {
      activations
          .computeIfAbsent(
              new ActivationSum.Site(sums.layer(), sums.site()), site -> new ActivationSum())
          .add(sums, rank);
    }
    part.scalars()
        .forEach((name, v) -> scalars.computeIfAbsent(name, n -> new ExactMean()).add(v, 1));
  }

  private void addTensors(StepTelemetry part, int rank) {
    if (part.tensors().isEmpty()) {
      return;
    }
    tensors.offer(rank, new Tensors(part.tensorPlacement(), part.tensors()));
    if (part.tensorPlacement() == Placement.REPLICATED) {
      return;
    }
    for (int i = 0; i < part.tensors().size(); i++) {
      TensorTelemetry shard = part.tensors().get(i);
      shards.computeIfAbsent(shard.name(), name -> new TensorSum()).add(shard, rank, i);
    }
  }

  /**
   * Adds other ranks; {@code other} stays as it is.
   *
   * @throws IllegalArgumentException if they are of another step, or a rank is in both
   */
  public void add(StepSum other) {
    check(other.key);
    if (ranks().intersects(other.ranks())) {
      throw new IllegalArgumentException("a rank is in both sums");
    }
    lastCommand = stepTimeMillis.isEmpty() ? other.lastCommand : older(other.lastCommand);
    stepTimeMillis.putAll(other.stepTimeMillis);
    worldSize = Math.max(worldSize, other.worldSize);
    wallTime = other.wallTime.isAfter(wallTime) ? other.wallTime : wallTime;
    tokens = Sums.plus(tokens, other.tokens);
    droppedBefore = Sums.plus(droppedBefore, other.droppedBefore);
    nonFinite = Sums.plus(nonFinite, other.nonFinite);
    telemetryTimeMillis = Math.max(telemetryTimeMillis, other.telemetryTimeMillis);
    for (int i = 0; i < losses.length; i++) {
      losses[i].add(other.losses[i]);
    }
    gradientNorm.offer(other.gradientNorm);
    clipCoefficient.offer(other.clipCoefficient);
    shape.offer(other.shape);
    tensors.offer(other.tensors);
    knobs.offer(other.knobs);
    other.layers.forEach(
        (layer, sum) -> layers.computeIfAbsent(layer, l -> new LayerSum()).add(sum));
    other.activations.forEach(
        (site, sum) -> activations.computeIfAbsent(site, s -> new ActivationSum()).add(sum));
    other.shards.forEach(
        (name, sum) -> shards.computeIfAbsent(name, n -> new TensorSum()).add(sum));
    other.scalars.forEach(
        (name, mean) -> scalars.computeIfAbsent(name, n -> new ExactMean()).add(mean));
  }

  /** A command is in force when all ranks have applied it. */
  private CommandPosition older(CommandPosition other) {
    return other.compareTo(lastCommand) < 0 ? other : lastCommand;
  }

  private void check(StepKey other) {
    boolean same =
        other.step() == key.step()
            && other.incarnation() == key.incarnation()
            && other.run().equals(key.run());
    if (!same) {
      throw new IllegalArgumentException("parts of different steps");
    }
  }

  /** The step with the ranks added up; there is at least one. */
  MergedStep merged() {
    if (stepTimeMillis.isEmpty()) {
      throw new IllegalArgumentException("a step without a part");
    }
    List<TensorTelemetry> mergedTensors = mergedTensors();
    long entries = nonFinite;
    for (TensorTelemetry tensor : mergedTensors) {
      entries = Sums.plus(entries, NonFinite.count(tensor));
    }
    double[] stepTimes =
        stepTimeMillis.values().stream().mapToDouble(Double::doubleValue).toArray();
    List<MergedLayer> mergedLayers = new ArrayList<>(layers.size());
    layers.forEach((layer, sum) -> mergedLayers.add(sum.merged(layer)));
    List<ActivationSums> mergedActivations = new ArrayList<>(activations.size());
    activations.forEach((site, sum) -> mergedActivations.add(sum.merged(site)));
    List<KnobValue> reportedKnobs = knobs.value();
    return new MergedStep(
        key,
        stepTimes.length,
        Math.max(worldSize, stepTimes.length),
        wallTime,
        tokens,
        new Losses(losses[0].value(), losses[1].value(), losses[2].value(), losses[3].value()),
        gradientNorm.value(),
        clipCoefficient.value(),
        shape.value(),
        mergedLayers,
        mergedActivations,
        mergedTensors,
        java.util.Arrays.stream(stepTimes).max().orElse(0),
        telemetryTimeMillis,
        skew(stepTimes),
        entries,
        reportedKnobs == null ? List.of() : reportedKnobs,
        lastCommand,
        mergedScalars(),
        droppedBefore,
        slowestRank(),
        lowestMissingRank());
  }

  /** The lowest of those with the largest step time; null if fewer than two tell theirs. */
  private @Nullable Integer slowestRank() {
    Integer slowest = null;
    double longest = Double.NEGATIVE_INFINITY;
    int tell = 0;
    for (Map.Entry<Integer, Double> rank : stepTimeMillis.entrySet()) {
      double time = rank.getValue();
      tell += Double.isNaN(time) ? 0 : 1;
      if (time > longest) {
        longest = time;
        slowest = rank.getKey();
      }
    }
    return tell < 2 ? null : slowest;
  }

  private @Nullable Integer lowestMissingRank() {
    if (stepTimeMillis.size() >= worldSize) {
      return null;
    }
    int expected = 0;
    for (int rank : stepTimeMillis.keySet()) {
      if (rank != expected) {
        break;
      }
      expected++;
    }
    return expected;
  }

  private List<TensorTelemetry> mergedTensors() {
    Tensors reported = tensors.value();
    if (reported == null) {
      return List.of();
    }
    if (reported.placement() == Placement.REPLICATED) {
      return reported.list();
    }
    List<TensorTelemetry> merged = new ArrayList<>(shards.size());
    shards.entrySet().stream()
        .sorted(
            Comparator.comparing(
                Map.Entry::getValue,
                Comparator.comparingInt(TensorSum::lowestRank).thenComparingInt(TensorSum::place)))
        .forEach(entry -> merged.add(entry.getValue().merged(entry.getKey())));
    return merged;
  }

  private Map<String, Double> mergedScalars() {
    Map<String, Double> means = new TreeMap<>();
    scalars.forEach(
        (name, mean) -> {
          Double value = mean.value();
          if (value != null) {
            means.put(name, value);
          }
        });
    return means;
  }

  private static double skew(double[] stepTimes) {
    double median = Medians.median(stepTimes);
    double slowest = java.util.Arrays.stream(stepTimes).max().orElse(0);
    return median > 0 ? slowest / median - 1 : 0;
  }

  /** A deep copy. */
  public StepSum copy() {
    StepSum copy = new StepSum(key);
    copy.add(this);
    return copy;
  }

  /** Writes the sum, unrounded; {@link #read} reads it back. */
  public void write(DataOutput out) throws IOException {
    StepSumFormat.write(this, out);
  }

  /** Reads what {@link #write} wrote. */
  public static StepSum read(DataInput in) throws IOException {
    return StepSumFormat.read(in);
  }
}
