package io.evenkeel.trainer.checkpoint;

import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.optim.AdamW;
import io.evenkeel.trainer.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that a checkpoint holds: parameters, moments, selection biases; step, updates and knobs in
 * its metadata.
 */
public final class TrainingState {
  private static final String STEP = "next_step";
  private static final String UPDATES = "updates";
  private static final String KNOB = "knob.";

  private final TensorOps ops;
  private final ModelState model;
  private final AdamW optimizer;

  /** Of this model and optimiser. */
  public TrainingState(TensorOps ops, ModelState model, AdamW optimizer) {
    this.ops = ops;
    this.model = model;
    this.optimizer = optimizer;
  }

  /**
   * Where a run goes on.
   *
   * @param nextStep the first step not yet trained
   * @param knobs values in force, by name
   */
  public record Position(long nextStep, Map<String, Double> knobs) {}

  /** Writes everything to a file, atomically. */
  public void save(Path file, Position position) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(STEP, Long.toString(position.nextStep()));
    metadata.put(UPDATES, Long.toString(optimizer.updates()));
    position.knobs().forEach((name, value) -> metadata.put(KNOB + name, Double.toString(value)));
    SafeTensors.write(file, ops.memory(), ops.elementBits(), tensors(), metadata);
  }

  /**
   * Restores everything from a file.
   *
   * @throws CheckpointException when it is damaged or of another model; the state is then undefined
   */
  public Position load(Path file) throws IOException {
    Map<String, String> metadata = SafeTensors.read(file, ops.memory(), tensors());
    try {
      optimizer.restoreUpdates(Long.parseLong(metadata.getOrDefault(UPDATES, "")));
      Map<String, Double> knobs = new LinkedHashMap<>();
      metadata.forEach(
          (name, value) -> {
            if (name.startsWith(KNOB)) {
              knobs.put(name.substring(KNOB.length()), Double.parseDouble(value));
            }
          });
      return new Position(Long.parseLong(metadata.getOrDefault(STEP, "")), knobs);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file + " has damaged metadata: " + e.getMessage());
    }
  }

  private Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : model.parameters()) {
      tensors.put(parameter.name(), parameter.value());
    }
    for (AdamW.Slot slot : optimizer.slots()) {
      tensors.put("adamw.m." + slot.parameter().name(), slot.firstMoment());
      tensors.put("adamw.v." + slot.parameter().name(), slot.secondMoment());
    }
    for (int layer = 0; layer < model.config().layers(); layer++) {
      tensors.put("selection_bias." + layer, model.bias(layer));
    }
    return tensors;
  }
}
