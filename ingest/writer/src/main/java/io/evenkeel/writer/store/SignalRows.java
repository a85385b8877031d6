package io.evenkeel.writer.store;

import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.writer.store.Frontier.Incarnation;
import io.evenkeel.writer.store.Frontier.Stream;
import io.evenkeel.writer.store.Rows.Route;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A step's signals and their parts. A part that a step names twice, which the contract does not
 * forbid, is taken once: the first.
 */
final class SignalRows {

  /**
   * The tables, in the order in which they are to be made: that of the steps first, since the
   * others hang on it, and last the layers', by far the longest to make, which meanwhile happens.
   */
  static final List<Staging> TABLES =
      List.of(
          Staging.STEP,
          Staging.ACTIVATION_STEP,
          Staging.TENSOR_STEP,
          Staging.KNOB_STEP,
          Staging.SCALAR_STEP,
          Staging.LAYER_STEP);

  private record KnobKey(int knobId, int scopeId) {}

  private record SiteKey(int layer, ActivationSite site) {}

  private final List<Place> places;

  private SignalRows(List<Place> places) {
    this.places = places;
  }

  /** Decides where each step goes; its rows are still to be made. */
  static SignalRows of(Rows rows, Collection<StepSignals> signals) {
    List<Place> places = new ArrayList<>(signals.size());
    for (StepSignals step : signals) {
      int runId = rows.run(step.key().run());
      rows.seenStep(runId, step.key().incarnation(), step.key().step());
      Route route =
          rows.route(
              new Stream(new Incarnation(runId, step.key().incarnation()), Stream.SIGNALS),
              step.key().step());
      places.add(new Place(rows, route, runId, step));
    }
    return new SignalRows(places);
  }

  /** Makes the rows of one of {@link #TABLES}. */
  void add(Staging table) {
    Consumer<Place> rows =
        switch (table) {
          case STEP -> SignalRows::addStep;
          case ACTIVATION_STEP -> SignalRows::addActivations;
          case TENSOR_STEP -> SignalRows::addTensors;
          case KNOB_STEP -> SignalRows::addKnobs;
          case SCALAR_STEP -> SignalRows::addScalars;
          case LAYER_STEP -> SignalRows::addLayers;
          default -> throw new IllegalArgumentException("not a table of signals: " + table);
        };
    places.forEach(rows);
  }

  /** A step, and where its rows go. */
  private record Place(Rows rows, Route route, int runId, StepSignals step) {

    CopyBuffer begin(Staging staging) {
      return rows.row(staging, route)
          .putInt(runId)
          .putInt(step.key().incarnation())
          .putLong(step.key().step());
    }
  }

  private static void addStep(Place place) {
    StepSignals step = place.step();
    place
        .begin(Staging.STEP)
        .putInt(step.ranksSeen())
        .putInt(step.worldSize())
        .putTime(step.wallTime())
        .putTime(step.emitted())
        .putLong(step.tokens())
        .putDouble(step.losses().languageModel())
        .putDouble(step.losses().loadBalance())
        .putDouble(step.losses().hiddenZ())
        .putDouble(step.losses().total())
        .putDouble(step.gradientNorm())
        .putDouble(step.clipCoefficient())
        .putDouble(step.stepTimeMillis())
        .putDouble(step.telemetryTimeMillis())
        .putDouble(step.gradientNormRatioMax())
        .putDouble(step.gradientNormRatioMean())
        .putDouble(step.logitGradientRatioMax())
        .putDouble(step.epsilonOverRmsMax())
        .putDouble(step.belowEpsilonShare())
        .putDouble(step.lossSpikeScore())
        .putDouble(step.gradientNormSpikeScore())
        .putDouble(step.stragglerSkew())
        .putLong(step.nonFinite())
        .putLong(step.lastCommand().epoch())
        .putLong(step.lastCommand().sequence())
        .putLong(step.lateParts())
        .putLong(step.droppedBefore())
        .putInt(step.slowestRank())
        .putInt(step.lowestMissingRank());
  }

  private static void addLayers(Place place) {
    Set<Integer> seen = new HashSet<>();
    for (LayerSignals layer : place.step().layers()) {
      if (seen.add(layer.layer())) {
        addLayer(place.begin(Staging.LAYER_STEP), layer);
      }
    }
  }

  private static void addLayer(CopyBuffer row, LayerSignals layer) {
    row.putInt(layer.layer())
        .putDouble(layer.gradientNormRatio())
        .putDouble(layer.lmGradientNorm())
        .putDouble(layer.lbGradientNorm())
        .putDouble(layer.logitGradientRatio())
        .putShort(number(layer.gradientMethod()))
        .putDouble(layer.routerCosineAll())
        .putDouble(layer.routerCosineFfn())
        .putReals(layer.load())
        .putReals(layer.probabilities())
        .putReals(layer.selectionBias())
        .putDouble(layer.loadBalanceLoss())
        .putDouble(layer.maxViolation())
        .putDouble(layer.coefficientOfVariation())
        .putInt(layer.deadExperts())
        .putDouble(layer.entropyOfMean())
        .putDouble(layer.entropyOfMeanNormalised())
        .putDouble(layer.tokenEntropyMean())
        .putDouble(layer.tokenEntropyNormalised())
        .putDouble(layer.softMutualInformation())
        .putDouble(layer.ffnExpertsMean())
        .putDouble(layer.ffnExpertsStd())
        .putDouble(layer.ffnExpertsRelativeError())
        .putDouble(layer.ffnExpertsTarget())
        .putInt(layer.ffnExperts())
        .putDouble(layer.zeroShare())
        .putDouble(layer.routerZ())
        .putDouble(layer.routerLogitMaxAbs())
        .putDouble(layer.expertOutputCosine())
        .putDouble(layer.top1Churn())
        .putDouble(layer.ffnSumVariance())
        .putDouble(layer.gammaEmpirical());
  }

  private static void addActivations(Place place) {
    Set<SiteKey> seen = new HashSet<>();
    for (ActivationSignals activation : place.step().activations()) {
      if (seen.add(new SiteKey(activation.layer(), activation.site()))) {
        place
            .begin(Staging.ACTIVATION_STEP)
            .putInt(activation.layer())
            .putShort(number(activation.site()))
            .putDouble(activation.maxAbs())
            .putDouble(activation.mean())
            .putDouble(activation.std())
            .putDouble(activation.rms())
            .putDouble(activation.kurtosis())
            .putDouble(activation.aboveThresholdShare())
            .putLong(activation.nonFinite());
      }
    }
  }

  private static void addTensors(Place place) {
    Set<Integer> seen = new HashSet<>();
    for (TensorSignals tensor : place.step().tensors()) {
      int tensorId = place.rows().name(tensor.name());
      if (seen.add(tensorId)) {
        place
            .begin(Staging.TENSOR_STEP)
            .putInt(tensorId)
            .putDouble(tensor.gradientRms())
            .putDouble(tensor.epsilonOverRms())
            .putDouble(tensor.belowEpsilonShare())
            .putDouble(tensor.belowEpsilonNonzeroShare())
            .putLong(tensor.nonFinite())
            .putLong(tensor.elements());
      }
    }
  }

  private static void addKnobs(Place place) {
    Set<KnobKey> seen = new HashSet<>();
    for (KnobValue knob : place.step().knobs()) {
      KnobKey key = new KnobKey(place.rows().name(knob.knob()), place.rows().name(knob.scope()));
      if (seen.add(key)) {
        place
            .begin(Staging.KNOB_STEP)
            .putInt(key.knobId())
            .putInt(key.scopeId())
            .putDouble(knob.value());
      }
    }
  }

  private static void addScalars(Place place) {
    place
        .step()
        .scalars()
        .forEach(
            (name, value) ->
                place
                    .begin(Staging.SCALAR_STEP)
                    .putInt(place.rows().name(name))
                    .putDouble(value.doubleValue()));
  }

  // The numbers are those of the wire, and stand in the views: never an ordinal.
  private static int number(ActivationSite site) {
    return switch (site) {
      case LAYER_OUT -> 1;
      case MOE_IN -> 2;
      case MOE_OUT -> 3;
    };
  }

  private static int number(GradientMethod method) {
    return switch (method) {
      case EXACT -> 1;
      case ONE_PASS -> 2;
    };
  }
}
