package io.evenkeel.trainer.golden;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.optim.OptimizerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** A golden file: its inputs, and the tree of what is expected. */
final class GoldenCase {
  static final String SCHEMA = "longcat-mini-golden/1";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
  private static final Set<String> CONFIG_KEYS =
      Set.of(
          "V",
          "d",
          "heads",
          "L",
          "N",
          "Z",
          "K",
          "Ke",
          "D",
          "f",
          "F",
          "gamma",
          "alpha",
          "lam",
          "rms_eps",
          "rope_base",
          "act_threshold");
  private static final Set<String> OPTIMIZER_KEYS =
      Set.of("lr", "beta1", "beta2", "eps", "weight_decay", "clip", "mu0", "mu_decay");

  private final JsonNode tree;

  private GoldenCase(JsonNode tree) {
    this.tree = tree;
  }

  /**
   * Reads a file.
   *
   * @throws IOException when it cannot be read, is not JSON, or not of this schema
   */
  static GoldenCase read(Path file) throws IOException {
    JsonNode tree = JSON.readTree(Files.readAllBytes(file));
    if (tree == null || !tree.isObject() || !tree.path("schema").asText().equals(SCHEMA)) {
      throw new IOException("not a golden file of schema " + SCHEMA);
    }
    GoldenCase golden = new GoldenCase(tree);
    golden.requireKeys("config", CONFIG_KEYS);
    golden.requireKeys("optimizer", OPTIMIZER_KEYS);
    return golden;
  }

  private void requireKeys(String object, Set<String> keys) throws IOException {
    Set<String> found = new java.util.TreeSet<>();
    tree.path(object).fieldNames().forEachRemaining(found::add);
    if (!found.equals(keys)) {
      throw new IOException(object + " needs exactly the keys " + keys + ", has " + found);
    }
  }

  JsonNode tree() {
    return tree;
  }

  private JsonNode need(String... path) {
    JsonNode node = tree;
    for (String name : path) {
      node = node.get(name);
      if (node == null) {
        throw new IllegalArgumentException("the file lacks " + String.join("/", path));
      }
    }
    return node;
  }

  private int integer(String name) {
    return need("config", name).intValue();
  }

  private double number(String object, String name) {
    return need(object, name).doubleValue();
  }

  double alpha() {
    return number("config", "alpha");
  }

  double lambda() {
    return number("config", "lam");
  }

  int sequences() {
    return need("B").intValue();
  }

  int length() {
    return need("S").intValue();
  }

  int steps() {
    return need("batches").size();
  }

  int growthFactor() {
    return need("growth", "r").intValue();
  }

  ModelConfig config() {
    return new ModelConfig(
        integer("V"),
        integer("d"),
        integer("heads"),
        integer("L"),
        integer("N"),
        integer("Z"),
        integer("K"),
        number("config", "Ke"),
        integer("D"),
        integer("f"),
        integer("F"),
        number("config", "gamma"),
        number("config", "rms_eps"),
        number("config", "rope_base"),
        number("config", "act_threshold"));
  }

  OptimizerSettings optimizer() {
    return new OptimizerSettings(
        number("optimizer", "lr"),
        number("optimizer", "beta1"),
        number("optimizer", "beta2"),
        number("optimizer", "eps"),
        number("optimizer", "weight_decay"),
        number("optimizer", "clip"),
        number("optimizer", "mu0"),
        number("optimizer", "mu_decay"));
  }

  /** The model of the file, with its parameters and biases. */
  ModelState state(TensorMemory memory) {
    ModelState state = new ModelState(config(), memory);
    JsonNode parameters = need("params");
    if (parameters.size() != state.parameters().size()) {
      throw new IllegalArgumentException(
          "params holds " + parameters.size() + " tensors, not " + state.parameters().size());
    }
    for (Parameter parameter : state.parameters()) {
      JsonNode tensor = need("params", parameter.name());
      int[] shape = integers(tensor.path("shape"));
      if (!java.util.Arrays.equals(shape, parameter.value().shape().extents())) {
        throw new IllegalArgumentException(
            "params/" + parameter.name() + " needs shape " + parameter.value().shape());
      }
      memory.write(parameter.value(), numbers(tensor.path("data")));
    }
    JsonNode biases = need("bias");
    if (biases.size() != state.config().layers()) {
      throw new IllegalArgumentException("bias needs one row a layer");
    }
    for (int layer = 0; layer < biases.size(); layer++) {
      memory.write(state.bias(layer), numbers(biases.get(layer)));
    }
    return state;
  }

  /** Bytes 0 to S-1 of each sequence of a step. */
  int[] inputs(int step) {
    return window(step, 0);
  }

  /** Bytes 1 to S of each sequence of a step. */
  int[] targets(int step) {
    return window(step, 1);
  }

  private int[] window(int step, int shift) {
    JsonNode batch = need("batches").get(step);
    int[] bytes = new int[sequences() * length()];
    if (batch.size() != sequences()) {
      throw new IllegalArgumentException("batches[" + step + "] needs B sequences");
    }
    for (int b = 0; b < sequences(); b++) {
      int[] sequence = integers(batch.get(b));
      if (sequence.length != length() + 1) {
        throw new IllegalArgumentException("batches[" + step + "][" + b + "] needs S+1 bytes");
      }
      System.arraycopy(sequence, shift, bytes, b * length(), length());
    }
    return bytes;
  }

  private static double[] numbers(JsonNode list) {
    double[] values = new double[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i).doubleValue();
    }
    return values;
  }

  private static int[] integers(JsonNode list) {
    int[] values = new int[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i).intValue();
    }
    return values;
  }
}
