package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.StatisticsOps;

/** Where the statistics of one layer lie in its vector. */
final class LayerLayout {
  final RoutingLayout routing;
  final int router;
  final int activations;
  final int cosines;
  final int gradientP;
  final int gradientZ;
  final int balanceGradientZ;
  final int bias;
  final int size;

  LayerLayout(RoutingShape shape) {
    routing = new RoutingLayout(0, shape.experts(), shape.groups());
    router = routing.end();
    activations = router + StatisticsOps.ROUTER_ENTRIES;
    cosines = activations + Site.values().length * StatisticsOps.ACTIVATION_ENTRIES;
    gradientP = cosines + 2;
    gradientZ = gradientP + shape.experts();
    balanceGradientZ = gradientZ + StatisticsOps.SQUARES_ENTRIES;
    bias = balanceGradientZ + 1;
    size = bias + shape.experts();
  }

  int activation(Site site) {
    return activations + site.ordinal() * StatisticsOps.ACTIVATION_ENTRIES;
  }
}
