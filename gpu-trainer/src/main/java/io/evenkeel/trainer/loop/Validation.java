package io.evenkeel.trainer.loop;

import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.model.Objective;
import io.evenkeel.trainer.model.Transformer;
import java.util.List;

/**
 * The language-model loss on a fixed set of held-out batches. Costs a forward pass a batch, and
 * overwrites the activations of the model that it is given.
 */
public final class Validation {
  private final Transformer model;
  private final List<Batch> batches;

  /**
   * Takes the batches.
   *
   * @param model the trained weights with activations of the batches' shape
   * @param batches at least one, all of one size
   */
  public Validation(Transformer model, List<Batch> batches) {
    if (batches.isEmpty()) {
      throw new IllegalArgumentException("validation needs at least one batch");
    }
    this.model = model;
    this.batches = List.copyOf(batches);
  }

  /** Mean loss over all batches, nats. */
  public double loss() {
    Objective objective = Objective.languageModel(model.layers().size());
    double sum = 0;
    for (Batch batch : batches) {
      model.forward(batch.inputs(), batch.targets());
      model.refreshStatistics();
      sum += model.losses(objective).languageModel();
    }
    return sum / batches.size();
  }
}
