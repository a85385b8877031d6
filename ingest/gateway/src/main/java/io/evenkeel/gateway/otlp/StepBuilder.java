package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepScalars;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Makes the record of a step from the values of its targets. What cannot be formed, such as a
 * vector with a hole, is refused, and the rest stands. For one step; not thread-safe.
 */
final class StepBuilder {

  /** Most entries of vectors over experts in one step; near what a message can carry. */
  private static final long MAX_ELEMENTS = 1_000_000;

  private record Site(int layer, ActivationSite site) {}

  private record KnobKey(String knob, String scope) implements Comparable<KnobKey> {
    @Override
    public int compareTo(KnobKey other) {
      int byKnob = knob.compareTo(other.knob);
      return byKnob != 0 ? byKnob : scope.compareTo(other.scope);
    }
  }

  private final RunFacts facts;
  private final BiConsumer<Target, String> refusals;
  private final StepScalars scalars = new StepScalars();
  private final TreeMap<KnobKey, Double> knobs = new TreeMap<>();
  private final TreeMap<Integer, LayerValues> layers = new TreeMap<>();
  private final TreeMap<String, EnumMap<TensorField, Double>> tensors = new TreeMap<>();
  private final TreeMap<Integer, EnumMap<ActivationSite, EnumMap<ActivationField, Double>>>
      activations = new TreeMap<>();
  private final Map<Object, List<Target>> groups = new HashMap<>();

  private StepBuilder(RunFacts facts, BiConsumer<Target, String> refusals) {
    this.facts = facts;
    this.refusals = refusals;
  }

  /**
   * The record of a step.
   *
   * @param values by target, in any order
   * @param refusals told of each target that cannot be taken, and why
   * @return empty if nothing is left
   */
  static Optional<StepTelemetry> build(
      Rank rank,
      long step,
      RunFacts facts,
      Instant wallTime,
      Map<Target, Double> values,
      BiConsumer<Target, String> refusals) {
    StepBuilder builder = new StepBuilder(facts, refusals);
    // Of one name with two units the last in order counts, whatever the order of arrival.
    values.keySet().stream()
        .filter(Target.Scalar.class::isInstance)
        .map(Target.Scalar.class::cast)
        .sorted(Comparator.comparing(Target.Scalar::name).thenComparing(Target.Scalar::unit))
        .forEach(scalar -> builder.put(scalar, values.getOrDefault(scalar, Double.NaN)));
    values.forEach(
        (target, value) -> {
          if (!(target instanceof Target.Scalar)) {
            builder.put(target, value);
          }
        });
    return builder.record(
        new ObservationKey(rank.run(), rank.incarnation(), step, rank.rank()), wallTime);
  }

  private void put(Target target, double value) {
    try {
      switch (target) {
        case Target.Scalar scalar -> scalars.put(scalar.name(), scalar.unit(), value);
        case Target.UserScalar scalar -> scalars.putUserScalar(scalar.name(), value);
        case Target.Knob knob -> knobs.put(new KnobKey(knob.knob(), knob.scope()), value);
        case Target.OfLayer of -> layer(of.layer(), target).put(of.field(), value);
        case Target.OfExpert of -> layer(of.layer(), target).put(of.field(), of.expert(), value);
        case Target.OfTensor of -> {
          group(of.tensor(), target);
          tensors
              .computeIfAbsent(of.tensor(), t -> new EnumMap<>(TensorField.class))
              .put(of.field(), value);
        }
        case Target.OfActivation of -> {
          group(new Site(of.layer(), of.site()), target);
          activations
              .computeIfAbsent(of.layer(), l -> new EnumMap<>(ActivationSite.class))
              .computeIfAbsent(of.site(), s -> new EnumMap<>(ActivationField.class))
              .put(of.field(), value);
        }
        case Target.EndOfStep end -> {}
      }
    } catch (IllegalArgumentException e) {
      refusals.accept(target, sentence(e));
    }
  }

  private LayerValues layer(int layer, Target target) {
    group(layer, target);
    return layers.computeIfAbsent(layer, l -> new LayerValues());
  }

  private void group(Object group, Target target) {
    groups.computeIfAbsent(group, g -> new ArrayList<>()).add(target);
  }

  private Optional<StepTelemetry> record(ObservationKey key, Instant wallTime) {
    StepTelemetry dense = scalars.telemetry(key, facts.worldSize(), wallTime);
    dense
        .knobs()
        .forEach(knob -> knobs.putIfAbsent(new KnobKey(knob.knob(), knob.scope()), knob.value()));
    List<KnobValue> knobValues = new ArrayList<>();
    knobs.forEach((knob, v) -> knobValues.add(new KnobValue(knob.knob(), knob.scope(), v)));
    List<MoeLayerTelemetry> moeLayers = moeLayers();
    List<TensorTelemetry> tensorList = new ArrayList<>();
    tensors.forEach((name, values) -> formed(name, () -> tensor(name, values), tensorList));
    List<ActivationSums> sums = new ArrayList<>();
    activations.forEach(
        (layer, sites) ->
            sites.forEach(
                (site, values) ->
                    formed(new Site(layer, site), () -> activation(layer, site, values), sums)));
    if (scalars.isEmpty()
        && knobValues.isEmpty()
        && moeLayers.isEmpty()
        && tensorList.isEmpty()
        && sums.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new StepTelemetry(
            key,
            facts.worldSize(),
            wallTime,
            dense.stepTimeMillis(),
            dense.telemetryTimeMillis(),
            dense.tokens(),
            dense.losses(),
            dense.gradientNorm(),
            dense.clipCoefficient(),
            facts.tensorPlacement(),
            tensorList,
            facts.shape(),
            moeLayers,
            sums,
            knobValues,
            dense.lastCommand(),
            dense.scalars(),
            dense.droppedBefore()));
  }

  private List<MoeLayerTelemetry> moeLayers() {
    List<MoeLayerTelemetry> formed = new ArrayList<>();
    MoeShape shape = facts.shape();
    if (shape == null) {
      layers.keySet().forEach(layer -> refuse(layer, "the resource lacks the model's shape"));
      return formed;
    }
    if ((long) layers.size() * shape.experts() > MAX_ELEMENTS) {
      layers
          .keySet()
          .forEach(
              layer ->
                  refuse(layer, "more than " + MAX_ELEMENTS + " layers times experts in a step"));
      return formed;
    }
    layers.forEach(
        (layer, values) ->
            formed(
                layer,
                () -> values.layer(layer, shape, facts.gradientMethod(), alpha(layer)),
                formed));
    return formed;
  }

  private double alpha(int layer) {
    double all = knobs.getOrDefault(new KnobKey(Knobs.LOAD_BALANCE_ALPHA, ""), Double.NaN);
    return knobs.getOrDefault(new KnobKey(Knobs.LOAD_BALANCE_ALPHA, Knobs.layerScope(layer)), all);
  }

  private <T> void formed(Object group, Supplier<T> forming, List<T> formed) {
    try {
      formed.add(forming.get());
    } catch (IllegalArgumentException e) {
      refuse(group, sentence(e));
    }
  }

  private void refuse(Object group, String sentence) {
    groups.getOrDefault(group, List.of()).forEach(target -> refusals.accept(target, sentence));
  }

  private static TensorTelemetry tensor(String name, Map<TensorField, Double> values) {
    return new TensorTelemetry(
        name,
        (long) required(values, TensorField.ELEMENTS),
        required(values, TensorField.SUM_SQUARES),
        values.getOrDefault(TensorField.NON_FINITE, 0.0).longValue(),
        values.getOrDefault(TensorField.BELOW_EPSILON, 0.0).longValue(),
        values.getOrDefault(TensorField.BELOW_EPSILON_NONZERO, 0.0).longValue());
  }

  private static ActivationSums activation(
      int layer, ActivationSite site, Map<ActivationField, Double> values) {
    return new ActivationSums(
        layer,
        site,
        (long) required(values, ActivationField.COUNT),
        values.getOrDefault(ActivationField.SUM, Double.NaN),
        values.getOrDefault(ActivationField.SUM_SQUARES, Double.NaN),
        values.getOrDefault(ActivationField.SUM_CUBES, Double.NaN),
        values.getOrDefault(ActivationField.SUM_FOURTHS, Double.NaN),
        required(values, ActivationField.MAX_ABS),
        values.getOrDefault(ActivationField.ABOVE_THRESHOLD, 0.0).longValue(),
        values.getOrDefault(ActivationField.THRESHOLD, Double.NaN),
        values.getOrDefault(ActivationField.NON_FINITE, 0.0).longValue());
  }

  /** Analytics takes a NaN here for a NaN that was measured, so it cannot stand for "missing". */
  private static <F extends Signal> double required(Map<F, Double> values, F field) {
    Double value = values.get(field);
    if (value == null) {
      throw new IllegalArgumentException("the step has no " + field.metric() + " beside it");
    }
    return value;
  }

  private static String sentence(IllegalArgumentException e) {
    return String.valueOf(e.getMessage());
  }
}
