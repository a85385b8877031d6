package io.evenkeel.analytics.detect;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Telemetry that the codec lets pass and no trainer should send: NaN, infinities, denormals, zero
 * tokens, no experts, K_e of 0, a shape and a world that change from step to step.
 */
final class AnyTelemetry {

  private static final double[] EXTREMES = {
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    0,
    -0.0,
    -1,
    1e-300
  };

  private final String run;
  private final RandomGenerator random;

  AnyTelemetry(String run, RandomGenerator random) {
    this.run = run;
    this.random = random;
  }

  /** A step, by some of the ranks of a world that changes. */
  List<StepTelemetry> step(long step) {
    int world = 1 + random.nextInt(4);
    List<StepTelemetry> parts = new ArrayList<>();
    for (int rank = 0; rank < world; rank++) {
      if (rank == 0 || random.nextInt(5) > 0) {
        parts.add(part(step, rank, world));
      }
    }
    return parts;
  }

  /** A step whose tensors have names that no step before had. */
  StepTelemetry withNewNames(long step, int tensors) {
    StepTelemetry part = part(step, 0, 1);
    List<TensorTelemetry> named =
        IntStream.range(0, tensors)
            .mapToObj(i -> new TensorTelemetry("t" + step + "." + i, 10, 1, 0, 0, 0))
            .toList();
    return with(part.key(), 1, named, null, List.of());
  }

  private StepTelemetry part(long step, int rank, int world) {
    MoeShape shape = random.nextInt(4) == 0 ? null : shape();
    List<MoeLayerTelemetry> layers = new ArrayList<>();
    for (int layer = 0; shape != null && layer < random.nextInt(4); layer++) {
      layers.add(layer(layer, shape.experts()));
    }
    List<TensorTelemetry> tensors = new ArrayList<>();
    for (int i = 0; i < random.nextInt(3); i++) {
      long elements = 1 + random.nextLong(random.nextBoolean() ? 100 : Long.MAX_VALUE);
      long below = random.nextLong(elements);
      tensors.add(
          new TensorTelemetry(
              "tensor" + i, elements, number(), random.nextLong(elements), below, below / 2));
    }
    return with(new ObservationKey(run, 0, step, rank), world, tensors, shape, layers);
  }

  private StepTelemetry with(
      ObservationKey key,
      int world,
      List<TensorTelemetry> tensors,
      MoeShape shape,
      List<MoeLayerTelemetry> layers) {
    Map<String, Double> scalars = new TreeMap<>();
    for (String name : List.of("act_loss", "tok/s", "reward", "loss" + random.nextInt(50))) {
      scalars.put(name, number());
    }
    List<ActivationSums> activations = new ArrayList<>();
    for (int i = 0; i < random.nextInt(3); i++) {
      activations.add(
          new ActivationSums(
              i,
              ActivationSite.LAYER_OUT,
              count(),
              number(),
              number(),
              number(),
              number(),
              number(),
              count(),
              number(),
              count()));
    }
    return new StepTelemetry(
        key,
        world,
        Instant.ofEpochSecond(random.nextLong(1L << 33)),
        number(),
        number(),
        count(),
        new Losses(maybe(), maybe(), maybe(), maybe()),
        maybe(),
        maybe(),
        random.nextBoolean() ? Placement.REPLICATED : Placement.SHARDED,
        tensors,
        shape,
        layers,
        activations,
        List.of(new KnobValue(Knobs.ADAM_EPSILON, "", number())),
        CommandPosition.NONE,
        scalars,
        count());
  }

  private MoeShape shape() {
    int ffn = random.nextInt(12);
    int zero = ffn == 0 ? 1 + random.nextInt(4) : random.nextInt(4);
    int selected = 1 + random.nextInt(ffn + zero);
    double target = random.nextInt(3) == 0 ? 0 : random.nextDouble() * selected;
    return new MoeShape(1 + random.nextInt(4), ffn, zero, selected, target, random.nextInt(4));
  }

  private MoeLayerTelemetry layer(int layer, int experts) {
    long[] load = new long[experts];
    for (int i = 0; i < experts; i++) {
      load[i] = count();
    }
    return new MoeLayerTelemetry(
        layer,
        number(),
        maybe(),
        ExpertLoads.of(load),
        vector(experts),
        vector(experts),
        vector(experts),
        GradientMethod.EXACT,
        maybe(),
        maybe(),
        number(),
        number(),
        number(),
        count(),
        maybe(),
        maybe(),
        number(),
        number(),
        vector(experts),
        maybe(),
        maybe(),
        maybe(),
        maybe());
  }

  private ExpertVector vector(int experts) {
    if (random.nextInt(4) == 0) {
      return ExpertVector.EMPTY;
    }
    double[] values = new double[experts];
    for (int i = 0; i < experts; i++) {
      values[i] = number();
    }
    return ExpertVector.of(values);
  }

  private long count() {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> Long.MAX_VALUE;
      default -> random.nextLong(1_000);
    };
  }

  private Double maybe() {
    return random.nextInt(4) == 0 ? null : (Double) number();
  }

  private double number() {
    return random.nextInt(3) == 0
        ? EXTREMES[random.nextInt(EXTREMES.length)]
        : 10 * random.nextGaussian();
  }
}
