package io.evenkeel.trainer.loop;

import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.layer.ExpertProbe;
import io.evenkeel.trainer.layer.ScMoeLayer;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.telemetry.ProbeResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a fixed batch of held-out text every so often: whether its tokens changed their top-1
 * expert, and how alike the experts' outputs are. Costs a forward pass, and overwrites the model's
 * activations.
 */
final class RouterProbe {
  private final TensorOps ops;
  private final Transformer model;
  private final ExpertProbe experts;
  private final Batch batch;
  private final double[] probabilities;
  private final List<int[]> previous = new ArrayList<>();

  RouterProbe(TensorOps ops, Transformer model, Batch batch) {
    this.ops = ops;
    this.model = model;
    this.batch = batch;
    experts = new ExpertProbe(ops, model.shape());
    probabilities = new double[model.shape().tokens() * model.shape().routing().experts()];
  }

  /** One result a layer. */
  List<ProbeResult> look() {
    model.forward(batch.inputs(), batch.targets());
    model.refreshStatistics();
    List<ProbeResult> results = new ArrayList<>();
    for (int index = 0; index < model.layers().size(); index++) {
      ScMoeLayer layer = model.layers().get(index);
      int[] top = top1(layer);
      @Nullable Double churn = null;
      if (index < previous.size()) {
        churn = churn(previous.get(index), top);
        previous.set(index, top);
      } else {
        previous.add(top);
      }
      results.add(new ProbeResult(experts.outputCosine(layer), churn));
    }
    return results;
  }

  private int[] top1(ScMoeLayer layer) {
    ops.memory().read(layer.moe().probabilities(), probabilities);
    int width = model.shape().routing().experts();
    int[] top = new int[probabilities.length / width];
    for (int t = 0; t < top.length; t++) {
      int best = 0;
      for (int i = 1; i < width; i++) {
        if (probabilities[t * width + i] > probabilities[t * width + best]) {
          best = i;
        }
      }
      top[t] = best;
    }
    return top;
  }

  private static double churn(int[] before, int[] after) {
    int changed = 0;
    for (int t = 0; t < after.length; t++) {
      changed += before[t] == after[t] ? 0 : 1;
    }
    return (double) changed / after.length;
  }
}
