package io.evenkeel.trainer.model;

import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a run learns: the parameters in canonical order, and the selection bias of each layer. */
public final class ModelState {
  private final ModelConfig config;
  private final TensorMemory memory;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final List<Tensor> biases = new ArrayList<>();

  /** All zeros. */
  public ModelState(ModelConfig config, TensorMemory memory) {
    this.config = config;
    this.memory = memory;
    config
        .parameterShapes()
        .forEach(
            (name, shape) ->
                parameters.put(
                    name, new Parameter(name, memory.allocate(shape), memory.allocate(shape))));
    for (int layer = 0; layer < config.layers(); layer++) {
      biases.add(memory.allocate(Shape.of(config.routing().experts())));
    }
  }

  /** The sizes. */
  public ModelConfig config() {
    return config;
  }

  /** In canonical order. */
  public Collection<Parameter> parameters() {
    return Collections.unmodifiableCollection(parameters.values());
  }

  /** By canonical name; IllegalArgumentException when there is none. */
  public Parameter parameter(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException("no parameter named " + name);
    }
    return parameter;
  }

  /** Selection bias of a layer [E]. */
  public Tensor bias(int layer) {
    return biases.get(layer);
  }

  /** Sets every gradient to zero. */
  public void zeroGradients() {
    for (Parameter parameter : parameters.values()) {
      memory.fill(parameter.gradient(), 0);
    }
  }

  /**
   * Growth by stacking: a model of {@code times} as many layers, of which layer l is a copy of
   * layer l mod L, with its bias. FORMULAS.md section 7.
   *
   * @param times r, at least 1
   */
  public ModelState stacked(int times) {
    if (times < 1) {
      throw new IllegalArgumentException("growth needs a factor >= 1, not " + times);
    }
    ModelState grown = new ModelState(config.withLayers(config.layers() * times), memory);
    for (Parameter target : grown.parameters()) {
      memory.copy(parameter(stackedFrom(target.name(), config.layers())).value(), target.value());
    }
    for (int layer = 0; layer < grown.config.layers(); layer++) {
      memory.copy(biases.get(layer % config.layers()), grown.biases.get(layer));
    }
    return grown;
  }

  /**
   * Name of the parameter of which growth by stacking makes this one.
   *
   * @param name of a parameter of the grown model
   * @param layers L, of the model that grows
   */
  public static String stackedFrom(String name, int layers) {
    if (!name.startsWith("layers.")) {
      return name;
    }
    int dot = name.indexOf('.', "layers.".length());
    int layer = Integer.parseInt(name.substring("layers.".length(), dot));
    return "layers." + layer % layers + name.substring(dot);
  }
}
