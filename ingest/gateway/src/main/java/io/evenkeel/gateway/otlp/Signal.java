package io.evenkeel.gateway.otlp;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A field of telemetry that has a metric name of its own, and belongs to a layer or a tensor. */
sealed interface Signal permits LayerField, ExpertField, TensorField, ActivationField {

  /** All, by metric name. */
  Map<String, Signal> BY_NAME =
      Stream.<Signal[]>of(
              LayerField.values(),
              ExpertField.values(),
              TensorField.values(),
              ActivationField.values())
          .flatMap(Stream::of)
          .collect(Collectors.toUnmodifiableMap(Signal::metric, Function.identity()));

  /** Metric name. */
  String metric();

  /** Whether it holds whole numbers that are not negative. */
  boolean isCount();
}
