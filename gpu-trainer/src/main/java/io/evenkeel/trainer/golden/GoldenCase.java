package io.evenkeel.trainer.golden;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.optim.OptimizerSettings;
import io.evenkeel.trainer.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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
    golden.requireBatches();
    return golden;
  }

  private void requireKeys(String object, Set<String> keys) throws IOException {
    Set<String> found = new TreeSet<>();
    tree.path(object).fieldNames().forEachRemaining(found::add);
    if (!found.equals(keys)) {
      throw new IOException(object + " needs exactly the keys " + keys + ", has " + found);
    }
  }

  private void requireBatches() throws IOException {
    if (steps() < 1) {
      throw new IOException("batches needs a batch");
    }
    try {
      for (int step = 0; step < steps(); step++) {
        inputs(step);
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
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

  private int integer(String... path) {
    return integer(String.join("/", path), need(path));
  }

  private double number(String object, String name) {
    return number(object + "/" + name, need(object, name));
  }

  private static int integer(String place, JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw new IllegalArgumentException(place + " needs a whole number");
    }
    return node.intValue();
  }

  private static double number(String place, JsonNode node) {
    if (!node.isNumber()) {
      throw new IllegalArgumentException(place + " needs a number");
    }
    return node.doubleValue();
  }

  double alpha() {
    return number("config", "alpha");
  }

  double lambda() {
    return number("config", "lam");
  }

  int sequences() {
    return integer("B");
  }

  int length() {
    return integer("S");
  }

  int steps() {
    return need("batches").size();
  }

  /** Whether the file says what a grown model computes. */
  boolean hasGrowth() {
    return tree.has("growth");
  }

  /** r; the file's selections have a row for each layer of the grown model. */
  int growthFactor() {
    int factor = integer("growth", "r");
    if (factor < 1 || need("growth", "sel").size() != (long) factor * integer("config", "L")) {
      throw new IllegalArgumentException("growth/r needs r >= 1, and growth/sel r*L entries");
    }
    return factor;
  }

  ModelConfig config() {
    return new ModelConfig(
        integer("config", "V"),
        integer("config", "d"),
        integer("config", "heads"),
        integer("config", "L"),
        integer("config", "N"),
        integer("config", "Z"),
        integer("config", "K"),
        number("config", "Ke"),
        integer("config", "D"),
        integer("config", "f"),
        integer("config", "F"),
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
    ModelConfig config = config();
    requireTensors(config);
    ModelState state = new ModelState(config, memory);
    for (Parameter parameter : state.parameters()) {
      String place = "params/" + parameter.name();
      memory.write(
          parameter.value(), numbers(place, need("params", parameter.name()).path("data")));
    }
    JsonNode biases = need("bias");
    if (biases.size() != config.layers()) {
      throw new IllegalArgumentException("bias needs one row a layer");
    }
    for (int layer = 0; layer < biases.size(); layer++) {
      memory.write(state.bias(layer), numbers("bias[" + layer + "]", biases.get(layer)));
    }
    return state;
  }

  /** Before anything is allocated: sizes that the file's own tensors do not have are a mistake. */
  private void requireTensors(ModelConfig config) {
    JsonNode parameters = need("params");
    if (parameters.size() < config.layers()) {
      throw new IllegalArgumentException("params lacks tensors of " + config.layers() + " layers");
    }
    Map<String, Shape> shapes = config.parameterShapes();
    if (parameters.size() != shapes.size()) {
      throw new IllegalArgumentException(
          "params holds " + parameters.size() + " tensors, not " + shapes.size());
    }
    shapes.forEach(
        (name, shape) -> {
          JsonNode tensor = need("params", name);
          int[] extents = integers("params/" + name + "/shape", tensor.path("shape"));
          if (!Arrays.equals(extents, shape.extents())
              || tensor.path("data").size() != shape.size()) {
            throw new IllegalArgumentException("params/" + name + " needs shape " + shape);
          }
        });
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
    int vocabulary = integer("config", "V");
    if (sequences() < 1 || length() < 1 || batch.size() != sequences()) {
      throw new IllegalArgumentException("batches[" + step + "] needs B sequences, B >= 1, S >= 1");
    }
    int[] bytes = new int[sequences() * length()];
    for (int b = 0; b < sequences(); b++) {
      String place = "batches[" + step + "][" + b + "]";
      int[] sequence = integers(place, batch.get(b));
      if (sequence.length != length() + 1L) {
        throw new IllegalArgumentException(place + " needs S+1 bytes");
      }
      if (Arrays.stream(sequence).anyMatch(token -> token < 0 || token >= vocabulary)) {
        throw new IllegalArgumentException(place + " needs bytes of 0 to V-1");
      }
      System.arraycopy(sequence, shift, bytes, b * length(), length());
    }
    return bytes;
  }

  private static double[] numbers(String place, JsonNode list) {
    double[] values = new double[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(place, list.get(i));
    }
    return values;
  }

  private static int[] integers(String place, JsonNode list) {
    int[] values = new int[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = integer(place, list.get(i));
    }
    return values;
  }
}
