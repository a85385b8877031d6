package io.evenkeel.trainer.loop;

import java.util.List;

/** Tokens routed to each expert in a step, over all micro-batches of all ranks. */
final class StepLoads {
  private final double[][] loads;
  private final long tokens;

  private StepLoads(double[][] loads, long tokens) {
    this.loads = loads;
    this.tokens = tokens;
  }

  /** Adds up what the replicas counted; their sums must have been refreshed. */
  static StepLoads of(List<Replica> replicas) {
    int layers = replicas.getFirst().model().layers().size();
    double[][] loads = new double[layers][];
    long tokens = 0;
    for (Replica replica : replicas) {
      tokens += replica.model().totals(0).tokens();
      for (int layer = 0; layer < layers; layer++) {
        double[] part = replica.model().totals(layer).load();
        if (loads[layer] == null) {
          loads[layer] = part;
        } else {
          for (int i = 0; i < part.length; i++) {
            loads[layer][i] += part[i];
          }
        }
      }
    }
    return new StepLoads(loads, tokens);
  }

  /** T_i of a layer. */
  double load(int layer, int expert) {
    return loads[layer][expert];
  }

  /** T. */
  long tokens() {
    return tokens;
  }
}
