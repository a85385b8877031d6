package io.evenkeel.contract.telemetry;

/** The activation tensors that are watched in each layer (FORMULAS section 5). */
public enum ActivationSite {
  /** h', the output of the layer. */
  LAYER_OUT,
  /** u, the normalised input of the experts. */
  MOE_IN,
  /** m, the output of the experts' branch. */
  MOE_OUT
}
