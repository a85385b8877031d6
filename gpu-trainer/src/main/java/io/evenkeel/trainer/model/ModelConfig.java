package io.evenkeel.trainer.model;

import io.evenkeel.trainer.layer.LayerShape;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sizes and constants of the model. FORMULAS.md section 1.
 *
 * @param vocabulary V
 * @param width d
 * @param heads H; divides d, and d/H is even
 * @param layers L
 * @param ffnExperts N
 * @param zeroExperts Z
 * @param topK K
 * @param ffnExpertsTarget K_e
 * @param groups D
 * @param expertHidden f
 * @param denseHidden F
 * @param gamma factor of the FFN experts' sum
 * @param rmsEpsilon of the norms
 * @param ropeBase of the rotary angles
 * @param activationThreshold magnitude above which an activation is counted
 */
public record ModelConfig(
    int vocabulary,
    int width,
    int heads,
    int layers,
    int ffnExperts,
    int zeroExperts,
    int topK,
    double ffnExpertsTarget,
    int groups,
    int expertHidden,
    int denseHidden,
    double gamma,
    double rmsEpsilon,
    double ropeBase,
    double activationThreshold) {
  /** Checks every condition and reports all that fail. */
  public ModelConfig {
    List<String> problems = new ArrayList<>();
    if (vocabulary < 2) {
      problems.add("vocabulary must be >= 2");
    }
    if (layers < 1 || expertHidden < 1 || denseHidden < 1) {
      problems.add("layers, expertHidden and denseHidden must be >= 1");
    }
    if (width < 2 || heads < 1 || width % heads != 0 || width / heads % 2 != 0) {
      problems.add("width must be a multiple of heads, and width/heads even");
    }
    if (!(gamma > 0 && Double.isFinite(gamma))) {
      problems.add("gamma must be > 0");
    }
    if (!(rmsEpsilon >= 0 && rmsEpsilon < 1) || !(ropeBase > 1) || !(activationThreshold > 0)) {
      problems.add("needs 0 <= rmsEpsilon < 1, ropeBase > 1, activationThreshold > 0");
    }
    try {
      new RoutingShape(ffnExperts, zeroExperts, topK, ffnExpertsTarget, groups);
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /** The router's sizes. */
  public RoutingShape routing() {
    return new RoutingShape(ffnExperts, zeroExperts, topK, ffnExpertsTarget, groups);
  }

  /** The sizes of a layer for batches of B sequences of length S. */
  public LayerShape layerShape(int sequences, int length) {
    return new LayerShape(
        sequences,
        length,
        width,
        heads,
        denseHidden,
        expertHidden,
        routing(),
        gamma,
        rmsEpsilon,
        ropeBase,
        activationThreshold);
  }

  /** The same model with another number of layers. */
  public ModelConfig withLayers(int count) {
    return with(count, gamma);
  }

  /** The same model with another gamma. */
  public ModelConfig withGamma(double factor) {
    return with(layers, factor);
  }

  private ModelConfig with(int layerCount, double factor) {
    return new ModelConfig(
        vocabulary,
        width,
        heads,
        layerCount,
        ffnExperts,
        zeroExperts,
        topK,
        ffnExpertsTarget,
        groups,
        expertHidden,
        denseHidden,
        factor,
        rmsEpsilon,
        ropeBase,
        activationThreshold);
  }

  /** Name and shape of every parameter, in the canonical order. */
  public Map<String, Shape> parameterShapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    Shape gain = Shape.of(width);
    Shape square = Shape.of(width, width);
    Shape widen = Shape.of(denseHidden, width);
    shapes.put("embed", Shape.of(vocabulary, width));
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "layers." + layer + ".";
      for (int i = 1; i <= 2; i++) {
        shapes.put(prefix + "norm_attn" + i, gain);
        for (String matrix : List.of("wq", "wk", "wv", "wo")) {
          shapes.put(prefix + "attn" + i + "." + matrix, square);
        }
        shapes.put(prefix + "norm_ffn" + i, gain);
        shapes.put(prefix + "ffn" + i + ".w_gate", widen);
        shapes.put(prefix + "ffn" + i + ".w_up", widen);
        shapes.put(prefix + "ffn" + i + ".w_down", Shape.of(width, denseHidden));
      }
      shapes.put(prefix + "router", Shape.of(routing().experts(), width));
      shapes.put(prefix + "experts.w_gate", Shape.of(ffnExperts, expertHidden, width));
      shapes.put(prefix + "experts.w_up", Shape.of(ffnExperts, expertHidden, width));
      shapes.put(prefix + "experts.w_down", Shape.of(ffnExperts, width, expertHidden));
    }
    shapes.put("norm_final", gain);
    shapes.put("head", Shape.of(vocabulary, width));
    return shapes;
  }

  /** Number of trained numbers. */
  public long parameterCount() {
    return ParameterPlan.of(this).total();
  }
}
