package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.ops.host.Routing;
import io.evenkeel.trainer.tensor.Tensor;

/** Selection of the K best experts of each token, in blocks of tokens. */
final class CpuRouting {
  private final WorkerPool pool;
  private final Selection selection;

  CpuRouting(WorkerPool pool) {
    this.pool = pool;
    selection = new Selection(pool.threads());
  }

  void route(RoutingShape shape, Tensor probabilities, Tensor bias, RoutingPlan plan) {
    selection.experts = shape.experts();
    selection.topK = shape.topK();
    selection.tokens = plan.tokens();
    selection.probabilities = CpuTensor.of(probabilities);
    selection.bias = CpuTensor.of(bias);
    selection.selected = HostIndexTensor.of(plan.selected());
    pool.run(Products.blocks(plan.tokens(), Selection.TOKENS), selection);
    Routing.sortByExpert(plan);
  }

  private static final class Selection implements WorkerPool.Job {
    private static final int TOKENS = 128;
    private final Scratch[] best;
    private int experts;
    private int topK;
    private int tokens;
    private float[] probabilities = {};
    private float[] bias = {};
    private int[] selected = {};

    Selection(int workers) {
      best = Scratch.array(workers);
    }

    @Override
    public void run(int block, int worker) {
      float[] scores = best[worker].floats(topK);
      int end = Math.min((block + 1) * TOKENS, tokens);
      for (int t = block * TOKENS; t < end; t++) {
        select(t * experts, scores, t * topK);
      }
    }

    /** Keeps the best so far in descending order; the earlier of two equals stays ahead. */
    private void select(int row, float[] scores, int at) {
      int taken = 0;
      for (int i = 0; i < experts; i++) {
        float score = score(probabilities[row + i] + bias[i]);
        if (taken == topK && !(score > scores[topK - 1])) {
          continue;
        }
        int place = taken < topK ? taken++ : topK - 1;
        while (place > 0 && score > scores[place - 1]) {
          scores[place] = scores[place - 1];
          selected[at + place] = selected[at + place - 1];
          place--;
        }
        scores[place] = score;
        selected[at + place] = i;
      }
      ascending(at);
    }

    /** Insertion sort of the K selected. */
    private void ascending(int at) {
      for (int k = 1; k < topK; k++) {
        int expert = selected[at + k];
        int place = k;
        while (place > 0 && selected[at + place - 1] > expert) {
          selected[at + place] = selected[at + place - 1];
          place--;
        }
        selected[at + place] = expert;
      }
    }

    private static float score(float value) {
      return Float.isNaN(value) ? Float.NEGATIVE_INFINITY : value;
    }
  }
}
