package io.evenkeel.replay.stored;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.ExpertVector;
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
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stored step as telemetry from which analytics derives the same: sums are made of what they were
 * divided into. How many activations or gradient entries there were does not matter where it is not
 * stored: a power of two keeps every digit.
 */
final class StoredStep {
  private static final long MANY = 1L << 40;

  private StoredStep() {}

  /**
   * The step, as one rank would have told it.
   *
   * @param run what it is said to be of
   * @param step what is stored
   * @param now its wall time, if none is stored
   * @throws IllegalArgumentException if something in it cannot be
   */
  static StepTelemetry telemetry(String run, Row step, Instant now) {
    long tokens = step.count("tokens");
    Losses losses =
        new Losses(
            step.figure("loss_lm"),
            step.figure("loss_lb"),
            step.figure("loss_z"),
            step.figure("loss_total"));
    Double gradientNorm = step.figure("gradient_norm");
    List<KnobValue> knobs = step.rows("knobs").stream().map(StoredStep::knob).toList();
    List<ActivationSums> activations =
        step.rows("activations").stream().map(StoredStep::activation).toList();
    List<TensorTelemetry> tensors = step.rows("tensors").stream().map(StoredStep::tensor).toList();
    Optional<MoeShape> shape = StoredLayer.shape(step.rows("layers"), tokens);
    List<MoeLayerTelemetry> layers = layers(step, tokens, shape, knobs, 0);
    long told = nonFinite(losses, gradientNorm, layers, activations, tensors);
    long untold = Math.max(0, step.count("non_finite") - told);
    return new StepTelemetry(
        new ObservationKey(run, (int) step.count("incarnation"), step.count("step"), 0),
        1,
        step.time("at").orElse(now),
        step.number("step_time_millis"),
        step.number("telemetry_time_millis", 0),
        tokens,
        losses,
        gradientNorm,
        step.figure("clip_coefficient"),
        Placement.REPLICATED,
        tensors,
        shape.orElse(null),
        untold == 0 ? layers : layers(step, tokens, shape, knobs, untold),
        activations,
        knobs,
        CommandPosition.NONE,
        step.numbers("scalars"),
        0);
  }

  private static KnobValue knob(Row knob) {
    return new KnobValue(knob.text("knob"), knob.text("scope"), knob.number("value"));
  }

  private static List<MoeLayerTelemetry> layers(
      Row step, long tokens, Optional<MoeShape> shape, List<KnobValue> knobs, long nonFinite) {
    List<MoeLayerTelemetry> layers = new ArrayList<>();
    for (Row row : step.rows("layers")) {
      int index = (int) row.count("layer");
      double weight = StoredLayer.weight(knobs, index, shape.orElseThrow().layers());
      layers.add(StoredLayer.of(row, tokens, weight, layers.isEmpty() ? nonFinite : 0));
    }
    return layers;
  }

  /** Power sums whose moments are those given; what is skew is not stored, and taken for none. */
  private static ActivationSums activation(Row site) {
    double mean = site.number("mean");
    long count = Double.isNaN(mean) ? 0 : MANY;
    double variance = site.number("std") * site.number("std");
    double square = variance + mean * mean;
    double cube = mean * (mean * mean + 3 * variance);
    double centralFourth = site.number("kurtosis", 0) * variance * variance;
    double fourth =
        centralFourth + 4 * mean * cube - 6 * mean * mean * square + 3 * mean * mean * mean * mean;
    return new ActivationSums(
        (int) site.count("layer"),
        ActivationSite.valueOf(site.text("site").toUpperCase(Locale.ROOT)),
        count,
        count == 0 ? 0 : mean * count,
        count == 0 ? 0 : square * count,
        count == 0 ? 0 : cube * count,
        count == 0 ? 0 : fourth * count,
        site.number("max_abs"),
        Math.round(site.number("above_threshold_share", 0) * count),
        0,
        site.count("non_finite"));
  }

  private static TensorTelemetry tensor(Row tensor) {
    long nonFinite = tensor.count("non_finite");
    double rms = tensor.number("gradient_rms");
    long stored = tensor.count("elements");
    long elements = stored > 0 ? stored : Math.max(MANY, 2 * nonFinite);
    long below = Math.round(tensor.number("below_epsilon_share", 0) * elements);
    return new TensorTelemetry(
        tensor.text("tensor"),
        elements,
        nonFinite == elements ? 0 : rms * rms * (elements - nonFinite),
        nonFinite,
        below,
        Math.min(below, Math.round(tensor.number("below_epsilon_nonzero_share", 0) * elements)));
  }

  /** Counted as analytics counts them. */
  private static long nonFinite(
      Losses losses,
      @Nullable Double gradientNorm,
      List<MoeLayerTelemetry> layers,
      List<ActivationSums> activations,
      List<TensorTelemetry> tensors) {
    long count =
        one(losses.languageModel())
            + one(losses.loadBalance())
            + one(losses.hiddenZ())
            + one(losses.total())
            + one(gradientNorm);
    for (MoeLayerTelemetry layer : layers) {
      count += one(layer.loadBalanceLoss()) + entries(layer.probabilitySums());
      count += entries(layer.lmGradP()) + entries(layer.lbGradP()) + entries(layer.selectionBias());
    }
    for (ActivationSums sums : activations) {
      count += sums.nonFinite() + one(sums.maxAbs());
    }
    for (TensorTelemetry tensor : tensors) {
      count += tensor.nonFinite() + one(tensor.sumSquares());
    }
    return count;
  }

  private static long one(@Nullable Double value) {
    return value == null || Double.isFinite(value) ? 0 : 1;
  }

  private static long entries(ExpertVector vector) {
    long[] count = new long[1];
    vector.forEach(value -> count[0] += Double.isFinite(value) ? 0 : 1);
    return count[0];
  }
}
