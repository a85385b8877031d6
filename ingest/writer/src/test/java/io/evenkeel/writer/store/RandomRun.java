package io.evenkeel.writer.store;

import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.StepKey;
import io.evenkeel.testing.TrainingRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Steps of a run with everything that makes roll-ups hard: odd values, holes, disorder. */
final class RandomRun {

  private final String run;
  private final RandomGenerator random;
  private final StepSignals base;
  private final LayerSignals layer;
  private final long firstStep;

  RandomRun(String run, RandomGenerator random) {
    this.run = run;
    this.random = random;
    this.base = TrainingRuns.healthy(run).ranks(2).build().signals(0);
    this.layer = base.layers().get(0);
    // Now and then far from zero, and at the end of all steps.
    this.firstStep =
        switch (random.nextInt(4)) {
          case 0 -> random.nextLong(3_000_000_000L);
          case 1 -> Long.MAX_VALUE - 5_000;
          default -> random.nextLong(3_000);
        };
  }

  /** First step of incarnation 0. */
  long firstStep() {
    return firstStep;
  }

  /**
   * Steps {@code [from, from + steps)} of an incarnation, some missing, roughly in order, as told
   * by one of two ranks.
   */
  List<Entry> steps(int incarnation, long from, int steps) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < steps && from + i >= 0; i++) {
      if (random.nextInt(8) != 0) {
        int place = Math.max(0, entries.size() - random.nextInt(40));
        entries.add(place, new Entry.Signals(signals(incarnation, from + i, 1)));
      }
    }
    return entries;
  }

  /** Any of the steps again, told by both ranks, with other values. */
  List<Entry> again(int incarnation, long from, int steps, int count) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long step = from + random.nextInt(steps);
      if (step >= 0) {
        entries.add(new Entry.Signals(signals(incarnation, step, 2)));
      }
    }
    return entries;
  }

  private StepSignals signals(int incarnation, long step, int ranksSeen) {
    List<LayerSignals> layers = new ArrayList<>();
    List<ActivationSignals> activations = new ArrayList<>();
    List<TensorSignals> tensors = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      if (random.nextInt(3) != 0) {
        layers.add(Signals.layer(layer, i, maybe(), value()));
        activations.add(
            new ActivationSignals(
                i,
                random.nextBoolean() ? ActivationSite.LAYER_OUT : ActivationSite.MOE_IN,
                value(),
                value(),
                1,
                1,
                3,
                0,
                random.nextLong(1L << 40)));
        tensors.add(new TensorSignals("tensor " + i, value(), maybe(), 0, 0, 0, 10));
      }
    }
    List<KnobValue> knobs =
        random.nextInt(20) == 0
            ? List.of(new KnobValue("k", "", value()), new KnobValue("k", "layers/1", value()))
            : List.of();
    Map<String, Double> scalars =
        random.nextInt(30) == 0 ? Map.of("sparse", value()) : Map.of("dense", value());
    return Signals.of(
        base,
        new StepKey(run, incarnation, step),
        ranksSeen,
        new Losses(maybe(), value(), null, random.nextDouble()),
        layers,
        activations,
        tensors,
        knobs,
        scalars);
  }

  private @Nullable Double maybe() {
    return random.nextInt(4) == 0 ? null : value();
  }

  private double value() {
    return switch (random.nextInt(400)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> Double.NEGATIVE_INFINITY;
      case 3 -> random.nextBoolean() ? Double.MAX_VALUE : -Double.MAX_VALUE;
      case 4 -> Double.MIN_VALUE;
      case 5 -> 1e200 * random.nextGaussian();
      case 6 -> 0;
      default -> 3 + random.nextGaussian();
    };
  }
}
