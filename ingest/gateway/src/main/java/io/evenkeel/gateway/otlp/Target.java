package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.telemetry.ActivationSite;

/** What a data point stands for within a step. */
sealed interface Target {

  /**
   * A number under a name: one that {@code KnownScalars} knows, or a user scalar.
   *
   * @param name metric name
   * @param unit its unit, for a time
   */
  record Scalar(String name, String unit) implements Target {}

  /**
   * A user scalar that carries attributes of its own.
   *
   * @param name metric name and attributes, as {@code name{key=value}}
   */
  record UserScalar(String name) implements Target {}

  /** A knob in force; the scope is empty for the whole model. */
  record Knob(String knob, String scope) implements Target {}

  /** A figure of an MoE layer. */
  record OfLayer(int layer, LayerField field) implements Target {}

  /** An entry of a vector over the experts of an MoE layer. */
  record OfExpert(int layer, int expert, ExpertField field) implements Target {}

  /** A figure of a parameter tensor's gradient. */
  record OfTensor(String tensor, TensorField field) implements Target {}

  /** A sum over an activation tensor. */
  record OfActivation(int layer, ActivationSite site, ActivationField field) implements Target {}

  /** Nothing but that the step is whole. */
  record EndOfStep() implements Target {}
}
