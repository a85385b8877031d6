package io.evenkeel.replay.stored;

import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sums of an MoE layer whose means, norms and ratios are those that are stored (FORMULAS sections 4
 * and 5, backwards). Gradients at the router are not stored, only their norms: the sums have
 * vectors of that norm along the first expert.
 */
final class StoredLayer {
  private StoredLayer() {}

  /**
   * The shape of the model, as its layers show it; empty of a dense model.
   *
   * @param layers rows of the layers
   * @param tokens of the step
   */
  static Optional<MoeShape> shape(List<Row> layers, long tokens) {
    if (layers.isEmpty()) {
      return Optional.empty();
    }
    Row first = layers.getFirst();
    double[] load = first.vector("load");
    double target = first.number("ffn_experts_target", 0);
    double selected = tokens == 0 ? 0 : Math.rint(Arrays.stream(load).sum() / tokens);
    int least = Math.max(1, (int) Math.ceil(target));
    int ffn = (int) Math.min(first.count("ffn_experts"), load.length);
    int last = layers.stream().mapToInt(row -> (int) row.count("layer")).max().orElse(0);
    return Optional.of(
        new MoeShape(
            last + 1,
            ffn,
            load.length - ffn,
            (int) Math.min(load.length, Math.max(least, selected)),
            target,
            0));
  }

  /**
   * A layer's sums.
   *
   * @param row what is stored of it
   * @param tokens of the step
   * @param weight coefficient of its load-balance loss, for where the ratios do not show it
   * @param nonFinite entries of the step that nothing else here accounts for
   */
  static MoeLayerTelemetry of(Row row, long tokens, double weight, long nonFinite) {
    double[] load = row.vector("load");
    double[] probabilities = row.vector("probabilities");
    Double lm = row.figure("lm_gradient_norm");
    Double lb = row.figure("lb_gradient_norm");
    Double ratio = row.figure("gradient_norm_ratio");
    Double logitRatio = row.figure("logit_gradient_ratio");
    double coefficient =
        lm == null || lb == null || ratio == null ? weight : coefficient(ratio, lm, lb, weight);
    double mean = row.number("ffn_experts_mean");
    double std = row.number("ffn_experts_std");
    double entropy = load.length > 1 ? Math.log(load.length) : 0;
    return new MoeLayerTelemetry(
        (int) row.count("layer"),
        coefficient,
        row.figure("load_balance_loss"),
        ExpertLoads.of(Arrays.stream(load).mapToLong(Math::round).toArray()),
        ExpertVector.of(Arrays.stream(probabilities).map(p -> p * tokens).toArray()),
        along(lb == null ? null : lm, tokens, load.length),
        along(lm == null ? null : lb, tokens, load.length),
        GradientMethod.ONE_PASS,
        logitRatio == null ? null : Double.valueOf(Double.isInfinite(logitRatio) ? 0 : 1),
        logitRatio == null ? null : Double.valueOf(square(logitRatio, coefficient)),
        row.number("router_z") * tokens,
        row.number("router_logit_max_abs"),
        row.number("token_entropy_normalised", 0) * entropy * tokens,
        nonFinite,
        row.figure("router_cosine_all"),
        row.figure("router_cosine_ffn"),
        mean * tokens,
        (mean * mean + std * std) * tokens,
        ExpertVector.of(row.vector("selection_bias")),
        row.figure("expert_output_cosine"),
        row.figure("top1_churn"),
        null,
        null);
  }

  /** R_g is coefficient times lb over lm. */
  private static double coefficient(double ratio, double lm, double lb, double weight) {
    if (ratio == 0 && lb > 0) {
      return 0;
    }
    double coefficient = ratio * lm / lb;
    return Double.isFinite(coefficient) && coefficient > 0 ? coefficient : weight;
  }

  /** Of the load-balance gradient at the logits, where that of the other loss has 1. */
  private static double square(double logitRatio, double coefficient) {
    if (Double.isInfinite(logitRatio)) {
      return 1;
    }
    double norm = coefficient == 0 ? 0 : logitRatio / coefficient;
    return norm * norm;
  }

  private static ExpertVector along(@Nullable Double norm, long tokens, int experts) {
    if (norm == null || experts == 0) {
      return ExpertVector.EMPTY;
    }
    double[] vector = new double[experts];
    vector[0] = norm * tokens;
    return ExpertVector.of(vector);
  }

  /** alpha / L of the layer, 1 / L where alpha is unknown or 0. */
  static double weight(List<KnobValue> knobs, int layer, int layers) {
    double alpha = 0;
    for (KnobValue knob : knobs) {
      boolean own = knob.scope().equals(Knobs.layerScope(layer));
      if (knob.knob().equals(Knobs.LOAD_BALANCE_ALPHA)
          && (own || (knob.scope().isEmpty() && alpha == 0))) {
        alpha = knob.value();
      }
    }
    return (alpha > 0 ? alpha : 1) / layers;
  }
}
