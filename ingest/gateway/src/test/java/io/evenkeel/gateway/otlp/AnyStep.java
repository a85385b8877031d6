package io.evenkeel.gateway.otlp;

import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Data points of a step, each as a metric of its own, of every kind that there is. */
final class AnyStep {

  static final int LAYERS = 2;
  static final int EXPERTS = 4;

  static final Map<String, Object> RESOURCE =
      Map.of(
          "evenkeel.run",
          "r",
          "evenkeel.moe.layers",
          LAYERS,
          "evenkeel.moe.ffn_experts",
          EXPERTS - 1,
          "evenkeel.moe.zero_experts",
          1,
          "evenkeel.moe.top_k",
          2,
          "evenkeel.moe.ffn_experts_target",
          1.5);

  private static final double[] ODD = {
    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, 1e300
  };

  private final RandomGenerator random;
  private final long step;
  private final List<Metric> metrics = new ArrayList<>();

  private AnyStep(RandomGenerator random, long step) {
    this.random = random;
    this.step = step;
  }

  static List<Metric> of(RandomGenerator random, long step) {
    AnyStep any = new AnyStep(random, step);
    for (String name :
        List.of("loss", "train/loss", "grad_norm", "lr", "step_time_ms", "own/figure", "zz")) {
      any.sometimes(name, any.number(), Map.of());
    }
    any.sometimes("tokens", any.count(), Map.of());
    any.sometimes("own", any.number(), Map.of("split", "eval"));
    any.sometimes("own", any.number(), Map.of("layer", 1));
    any.sometimes("evenkeel.knob", any.number(), Map.of("knob", "load_balance.alpha"));
    any.increments();
    any.twice();
    for (int layer = 0; layer < LAYERS; layer++) {
      any.layer(layer);
    }
    any.group("evenkeel.tensor.", Map.of("tensor", "w"), TensorField.values());
    any.group(
        "evenkeel.activation.", Map.of("layer", 1, "site", "moe_in"), ActivationField.values());
    return any.metrics;
  }

  private void layer(int layer) {
    for (ExpertField field : ExpertField.values()) {
      boolean whole = random.nextInt(4) > 0;
      for (int expert = 0; expert < EXPERTS; expert++) {
        if (whole || random.nextInt(3) > 0) {
          put(
              field.metric(),
              field.isCount() ? count() : number(),
              Map.of("layer", layer, "expert", expert));
        }
      }
    }
    group("evenkeel.moe.", Map.of("layer", layer), LayerField.values());
  }

  private void group(String prefix, Map<String, Object> attributes, Signal... signals) {
    for (Signal signal : signals) {
      if (!signal.metric().startsWith(prefix)) {
        throw new IllegalArgumentException(signal.metric());
      }
      sometimes(signal.metric(), signal.isCount() ? count() : number(), attributes);
    }
  }

  /** A counter whose exporter has sent it in parts. */
  private void increments() {
    for (int part = 0; part < random.nextInt(4); part++) {
      metrics.add(
          Exports.sum(
              "own/counter",
              AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA,
              point(random.nextInt(1_000) / 7.0, Map.of())
                  .setStartTimeUnixNano(10 + part)
                  .setTimeUnixNano(11 + part)));
    }
  }

  /** A gauge that was set twice. */
  private void twice() {
    metrics.add(Exports.gauge("own/twice", point(1, Map.of()).setTimeUnixNano(20)));
    metrics.add(Exports.gauge("own/twice", point(number(), Map.of()).setTimeUnixNano(30)));
  }

  private void sometimes(String name, double value, Map<String, Object> attributes) {
    if (random.nextInt(5) > 0) {
      put(name, value, attributes);
    }
  }

  private void put(String name, double value, Map<String, Object> attributes) {
    metrics.add(Exports.gauge(name, point(value, attributes)));
  }

  private NumberDataPoint.Builder point(double value, Map<String, Object> attributes) {
    Map<String, Object> all = new LinkedHashMap<>(attributes);
    all.put("step", step);
    return Exports.point(value, all).setTimeUnixNano(random.nextLong(1, 1_000_000_000_000L));
  }

  private double number() {
    return random.nextInt(8) == 0 ? ODD[random.nextInt(ODD.length)] : random.nextGaussian();
  }

  private double count() {
    return random.nextInt(10_000);
  }
}
