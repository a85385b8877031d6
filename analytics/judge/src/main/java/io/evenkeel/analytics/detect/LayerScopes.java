package io.evenkeel.analytics.detect;

import java.util.Arrays;

/**
 * The scopes of layers; those of the first {@value #NAMED} are spelt out once, not at each step.
 */
final class LayerScopes {

  private static final String PREFIX = "layers/";
  private static final int NAMED = 256;
  private static final String[] SCOPES = new String[NAMED];

  static {
    Arrays.setAll(SCOPES, layer -> PREFIX + layer);
  }

  private LayerScopes() {}

  /** The scope of a layer. */
  static String of(int layer) {
    return layer < NAMED ? SCOPES[layer] : PREFIX + layer;
  }
}
