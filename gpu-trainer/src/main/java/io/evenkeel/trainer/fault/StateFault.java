package io.evenkeel.trainer.fault;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.tensor.Tensor;

/** Weights or biases that change by themselves before a step. */
public sealed interface StateFault extends Fault {
  /** Stands for every layer. */
  int ALL_LAYERS = -1;

  /** Does it. */
  void strike(ModelState state, TensorMemory memory);

  /**
   * Router rows that are all nearly the first one: row i becomes {@code row_0 + difference row_i}.
   *
   * @param layer its index, or {@link #ALL_LAYERS}
   * @param difference what is left of each row's own, 0 to 1
   * @param range one step
   */
  record ClonedRouterRows(int layer, double difference, StepRange range) implements StateFault {
    /** Checks the values. */
    public ClonedRouterRows {
      requireOneStep(range);
      if (!(difference >= 0 && difference <= 1)) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_VALUE, "difference", "must lie in [0, 1], not " + difference);
      }
    }

    @Override
    public String kind() {
      return "cloned_router_rows";
    }

    @Override
    public String describe() {
      return "router rows of "
          + (layer == ALL_LAYERS ? "every layer" : "layer " + layer)
          + " cloned, "
          + range;
    }

    @Override
    public void requireFits(ModelConfig model) {
      requireLayer(layer, model);
    }

    @Override
    public void strike(ModelState state, TensorMemory memory) {
      int layers = state.config().layers();
      for (int l = layer == ALL_LAYERS ? 0 : layer;
          l < (layer == ALL_LAYERS ? layers : layer + 1);
          l++) {
        clone(state.parameter("layers." + l + ".router").value(), memory);
      }
    }

    private void clone(Tensor router, TensorMemory memory) {
      double[] rows = memory.toArray(router);
      int width = router.shape().last();
      double[] first = java.util.Arrays.copyOf(rows, width);
      for (int i = 0; i < rows.length; i++) {
        rows[i] = first[i % width] + difference * rows[i];
      }
      memory.write(router, rows);
    }
  }

  /**
   * One expert's selection bias.
   *
   * @param layer its index
   * @param expert its index, FFN or zero expert
   * @param value finite
   * @param range one step
   */
  record ExpertBias(int layer, int expert, double value, StepRange range) implements StateFault {
    /** Checks the values. */
    public ExpertBias {
      requireOneStep(range);
      if (!Double.isFinite(value)) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_VALUE, "value", "must be finite, not " + value);
      }
    }

    @Override
    public String kind() {
      return "expert_bias";
    }

    @Override
    public String describe() {
      return "selection bias of expert "
          + expert
          + " in layer "
          + layer
          + " set to "
          + value
          + ", "
          + range;
    }

    @Override
    public void requireFits(ModelConfig model) {
      if (layer == ALL_LAYERS) {
        throw new FaultException(ErrorId.TRAINER_FAULT_TENSOR, "layer", "must be one layer");
      }
      requireLayer(layer, model);
      int experts = model.routing().experts();
      if (expert < 0 || expert >= experts) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_TENSOR,
            "expert",
            "must be 0 to " + (experts - 1) + ", not " + expert);
      }
    }

    @Override
    public void strike(ModelState state, TensorMemory memory) {
      double[] bias = memory.toArray(state.bias(layer));
      bias[expert] = value;
      memory.write(state.bias(layer), bias);
    }
  }

  private static void requireOneStep(StepRange range) {
    if (!range.ends() || range.length() != 1) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_STEPS, "step", "is missing: the state changes once, not " + range);
    }
  }

  private static void requireLayer(int layer, ModelConfig model) {
    if (layer != ALL_LAYERS && (layer < 0 || layer >= model.layers())) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_TENSOR,
          "layer",
          "must be 0 to " + (model.layers() - 1) + ", not " + layer);
    }
  }
}
