package io.evenkeel.trainer.loop;

import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.model.ModelState;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds the gradients of all ranks up, in host memory and in double precision, always in the order
 * of ranks. Three phases, between which all ranks must have met: contribute, sum, deliver.
 */
final class AllReduce {
  private final int ranks;
  private final List<double[][]> gradients = new ArrayList<>();

  AllReduce(int ranks, ModelState state) {
    this.ranks = ranks;
    for (int rank = 0; rank < ranks; rank++) {
      gradients.add(
          state.parameters().stream()
              .map(parameter -> new double[parameter.gradient().shape().size()])
              .toArray(double[][]::new));
    }
  }

  /** Reads a rank's gradients. */
  void contribute(Replica replica) {
    double[][] own = gradients.get(replica.rank());
    int index = 0;
    for (Parameter parameter : replica.state().parameters()) {
      replica.ops().memory().read(parameter.gradient(), own[index++]);
    }
  }

  /** Adds up this rank's part of the tensors. */
  void sum(Replica replica) {
    double[][] sums = gradients.getFirst();
    for (int index = replica.rank(); index < sums.length; index += ranks) {
      double[] sum = sums[index];
      for (int rank = 1; rank < ranks; rank++) {
        double[] part = gradients.get(rank)[index];
        for (int i = 0; i < sum.length; i++) {
          sum[i] += part[i];
        }
      }
    }
  }

  /** Overwrites a rank's gradients with the sums. */
  void deliver(Replica replica) {
    double[][] sums = gradients.getFirst();
    int index = 0;
    for (Parameter parameter : replica.state().parameters()) {
      replica.ops().memory().write(parameter.gradient(), sums[index++]);
    }
  }
}
