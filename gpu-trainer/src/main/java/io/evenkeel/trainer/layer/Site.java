package io.evenkeel.trainer.layer;

/** Where in a layer activations are measured. */
public enum Site {
  /** h', the layer's output. */
  LAYER_OUT,
  /** u, the normalised input of the MoE. */
  MOE_IN,
  /** m, the output of the MoE. */
  MOE_OUT,
  /** The gated sum of FFN experts before gamma. */
  FFN_SUM,
  /** FFN1(u), the dense block beside the MoE. */
  DENSE_OUT
}
