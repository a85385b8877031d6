package io.evenkeel.analytics.rule;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.StepKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A step whose every figure a test knows. */
final class StepSignalsSample {

  private StepSignalsSample() {}

  /** Loss 2.5, no load-balance loss, a NaN hidden z-loss; layers of the MaxVio given. */
  static StepSignals of(@Nullable Double gradientNorm, double... maxViolations) {
    List<LayerSignals> layers = new ArrayList<>();
    for (int i = 0; i < maxViolations.length; i++) {
      layers.add(layer(i, maxViolations[i]));
    }
    return new StepSignals(
        new StepKey("r", 0, 42),
        1,
        1,
        Instant.EPOCH,
        Instant.EPOCH,
        1_000,
        new Losses(2.5, null, Double.NaN, 2.6),
        gradientNorm,
        0.5,
        layers,
        List.of(
            new ActivationSignals(0, ActivationSite.LAYER_OUT, 12, 0, 1, 1, 3.5, 0, 0),
            new ActivationSignals(0, ActivationSite.MOE_IN, 900, 0, 1, 1, 3.5, 0, 0)),
        List.of(
            new TensorSignals("embed", 1e-3, 1e-5, 0, 0, 0, 100),
            new TensorSignals("layers.0.router", 0, null, 1, 0, 0, 10)),
        0.05,
        0.04,
        null,
        0.1,
        0.25,
        Double.NaN,
        null,
        250,
        1,
        0,
        0,
        List.of(
            new KnobValue("load_balance.alpha", "", 1e-3),
            new KnobValue("expert_bias.mu", "layers/1", 0.02)),
        CommandPosition.NONE,
        Map.of("accuracy", 0.5, "broken", Double.NaN),
        0,
        0);
  }

  private static LayerSignals layer(int layer, double maxViolation) {
    return new LayerSignals(
        layer,
        layer == 0 ? 0.02 : null,
        1.0,
        0.5,
        0.03,
        GradientMethod.ONE_PASS,
        0.1,
        0.2,
        ExpertLoads.of(10, 0, 5),
        ExpertVector.EMPTY,
        1.0,
        maxViolation,
        0.3,
        1,
        0.9,
        0.9,
        0.5,
        0.5,
        0.4,
        1.5,
        0.1,
        0.25,
        0.2,
        4,
        3,
        ExpertVector.EMPTY,
        null,
        null,
        null,
        null,
        2,
        2);
  }
}
