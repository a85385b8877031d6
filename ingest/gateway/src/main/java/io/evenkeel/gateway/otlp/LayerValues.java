package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The figures of one MoE layer in one step, as they came. Not thread-safe. */
final class LayerValues {

  private final EnumMap<LayerField, Double> figures = new EnumMap<>(LayerField.class);
  private final EnumMap<ExpertField, Map<Integer, Double>> vectors =
      new EnumMap<>(ExpertField.class);

  void put(LayerField field, double value) {
    figures.put(field, value);
  }

  void put(ExpertField field, int expert, double value) {
    vectors.computeIfAbsent(field, f -> new TreeMap<>()).put(expert, value);
  }

  /**
   * The layer. An expert without a load had none; every other vector must be whole. The sums over
   * the FFN experts selected follow from the loads where they can. What else is missing is NaN: not
   * measured.
   *
   * @param alpha the load-balance weight in force, NaN if unknown
   * @throws IllegalArgumentException with a sentence, if the layer cannot be formed
   */
  MoeLayerTelemetry layer(int layer, MoeShape shape, GradientMethod method, double alpha) {
    Map<Integer, Double> load = vectors.get(ExpertField.LOAD);
    if (load == null) {
      throw new IllegalArgumentException("layer " + layer + " has no " + ExpertField.LOAD.metric());
    }
    long[] loads = new long[shape.experts()];
    long ffnLoad = 0;
    for (Map.Entry<Integer, Double> entry : load.entrySet()) {
      loads[entry.getKey()] = entry.getValue().longValue();
      ffnLoad += entry.getKey() < shape.ffnExperts() ? entry.getValue().longValue() : 0;
    }
    // A token without zero experts to choose selects topK FFN experts, always.
    double ffnSquares = shape.zeroExperts() == 0 ? (double) ffnLoad * shape.topK() : Double.NaN;
    return new MoeLayerTelemetry(
        layer,
        orElse(LayerField.LOAD_BALANCE_COEFFICIENT, alpha / shape.layers()),
        orNull(LayerField.LOAD_BALANCE_LOSS),
        ExpertLoads.of(loads),
        vector(layer, ExpertField.PROBABILITY_SUM, shape),
        vector(layer, ExpertField.LM_GRAD_P, shape),
        vector(layer, ExpertField.LB_GRAD_P, shape),
        method,
        orNull(LayerField.LM_GRAD_Z_SUM_SQUARES),
        orNull(LayerField.LB_GRAD_Z_SUM_SQUARES),
        orElse(LayerField.ROUTER_Z_SUM, Double.NaN),
        orElse(LayerField.ROUTER_LOGIT_MAX_ABS, Double.NaN),
        orElse(LayerField.TOKEN_ENTROPY_SUM, Double.NaN),
        (long) orElse(LayerField.ROUTER_NON_FINITE, 0),
        orNull(LayerField.ROUTER_COSINE_ALL),
        orNull(LayerField.ROUTER_COSINE_FFN),
        orElse(LayerField.FFN_EXPERTS_SUM, ffnLoad),
        orElse(LayerField.FFN_EXPERTS_SUM_SQUARES, ffnSquares),
        vector(layer, ExpertField.SELECTION_BIAS, shape),
        orNull(LayerField.EXPERT_OUTPUT_COSINE),
        orNull(LayerField.TOP1_CHURN),
        orNull(LayerField.FFN_SUM_VARIANCE),
        orNull(LayerField.GAMMA_EMPIRICAL));
  }

  private @Nullable Double orNull(LayerField field) {
    return figures.get(field);
  }

  private double orElse(LayerField field, double otherwise) {
    return figures.getOrDefault(field, otherwise);
  }

  private ExpertVector vector(int layer, ExpertField field, MoeShape shape) {
    Map<Integer, Double> entries = vectors.getOrDefault(field, Map.of());
    Check.that(
        entries.isEmpty() || entries.size() == shape.experts(),
        "layer %d has %s of %d experts, not of all %d"
            .formatted(layer, field.metric(), entries.size(), shape.experts()));
    double[] vector = new double[entries.size()];
    entries.forEach((expert, value) -> vector[expert] = value);
    return ExpertVector.of(vector);
  }
}
