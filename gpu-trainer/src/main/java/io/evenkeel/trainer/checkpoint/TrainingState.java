package io.evenkeel.trainer.checkpoint;

import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.optim.AdamW;
import io.evenkeel.trainer.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tensors of a checkpoint: parameters, moments, selection biases. */
public final class TrainingState {
  private final TensorOps ops;
  private final ModelState model;
  private final AdamW optimizer;

  /** Of this model and optimiser. */
  public TrainingState(TensorOps ops, ModelState model, AdamW optimizer) {
    this.ops = ops;
    this.model = model;
    this.optimizer = optimizer;
  }

  /** Name of the precision in which a backend's numbers are written. */
  public static String precision(TensorOps ops) {
    return "F" + ops.elementBits();
  }

  /** Updates that the optimiser has made. */
  public long updates() {
    return optimizer.updates();
  }

  DurableFile.Written write(Path file) throws IOException {
    return SafeTensors.write(
        file, ops.memory(), ops.elementBits(), tensors(), Map.of("format", ManifestFile.FORMAT));
  }

  /**
   * Restores everything from a checkpoint.
   *
   * @throws CheckpointException when it is damaged, before anything is touched, or of another
   *     model: the state is then undefined
   */
  public void load(Checkpoint checkpoint) throws IOException {
    checkpoint.verify();
    SafeTensors.read(checkpoint.tensors(), ops.memory(), tensors());
    optimizer.restoreUpdates(checkpoint.manifest().updates());
  }

  /**
   * Fills parameters and selection biases with those of a model of fewer layers, stacked: layer l
   * is a copy of layer l mod L. Moments and updates stay as they are. FORMULAS.md section 7.
   *
   * @param layers L, of the checkpoint's model
   * @throws CheckpointException when it is damaged or of another model
   */
  public void stack(Checkpoint checkpoint, int layers) throws IOException {
    checkpoint.verify();
    List<SafeTensors.Source> sources = new ArrayList<>();
    for (Parameter parameter : model.parameters()) {
      String source = ModelState.stackedFrom(parameter.name(), layers);
      sources.add(new SafeTensors.Source(source, parameter.value()));
    }
    for (int layer = 0; layer < model.config().layers(); layer++) {
      sources.add(new SafeTensors.Source(bias(layer % layers), model.bias(layer)));
    }
    SafeTensors.readSome(checkpoint.tensors(), ops.memory(), sources);
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
      tensors.put(bias(layer), model.bias(layer));
    }
    return tensors;
  }

  private static String bias(int layer) {
    return "selection_bias." + layer;
  }
}
