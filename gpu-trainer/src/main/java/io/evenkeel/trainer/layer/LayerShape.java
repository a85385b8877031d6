package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.ops.AttentionShape;
import io.evenkeel.trainer.ops.RoutingShape;

/**
 * The sizes of one ScMoE layer and of the batch it sees.
 *
 * @param sequences B
 * @param length S
 * @param width d
 * @param heads H; d/H is even
 * @param denseHidden F
 * @param expertHidden f
 * @param routing the router's sizes
 * @param gamma factor of the FFN experts' sum
 * @param rmsEpsilon added to the mean square
 * @param ropeBase base of the rotary angles
 * @param activationThreshold |x| above it is counted
 */
public record LayerShape(
    int sequences,
    int length,
    int width,
    int heads,
    int denseHidden,
    int expertHidden,
    RoutingShape routing,
    double gamma,
    double rmsEpsilon,
    double ropeBase,
    double activationThreshold) {
  /** T = B*S. */
  public int tokens() {
    return sequences * length;
  }

  /** dh = d/H. */
  public int headWidth() {
    return width / heads;
  }

  /** The sizes of either attention. */
  public AttentionShape attention() {
    return new AttentionShape(sequences, heads, length, headWidth());
  }
}
