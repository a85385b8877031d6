package io.evenkeel.trainer.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.evenkeel.trainer.config.TrainerConfig.Training;
import io.evenkeel.trainer.model.Initializer;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.optim.OptimizerSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads configurations. A file may name a preset under {@code preset:}; its own fields then go
 * before the preset's.
 */
public final class ConfigReader {
  /** Presets that come with the trainer. */
  public static final List<String> PRESETS = List.of("tiny", "demo");

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final int MANY = 1_000_000;

  private ConfigReader() {}

  /**
   * Reads a preset or a file.
   *
   * @param source name of a preset, or else path of a YAML file
   * @throws ConfigException naming every problem
   */
  public static TrainerConfig read(String source) throws ConfigException {
    return PRESETS.contains(source) ? parse(preset(source)) : parse(load(Path.of(source)));
  }

  /**
   * Reads the text of a configuration.
   *
   * @throws ConfigException naming every problem
   */
  static TrainerConfig parseText(String yaml) throws ConfigException {
    try {
      return parse(YAML.readTree(yaml));
    } catch (JacksonException e) {
      throw new ConfigException(List.of("not YAML: " + e.getOriginalMessage()));
    }
  }

  private static JsonNode load(Path file) throws ConfigException {
    try (InputStream in = Files.newInputStream(file)) {
      return YAML.readTree(in);
    } catch (JacksonException e) {
      throw new ConfigException(List.of(file + " is not YAML: " + e.getOriginalMessage()));
    } catch (IOException e) {
      throw new ConfigException(
          List.of(file + " is neither a preset " + PRESETS + " nor a file that can be read"));
    }
  }

  private static JsonNode preset(String name) {
    String resource = "/presets/" + name + ".yaml";
    try (InputStream in = ConfigReader.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not in the build");
      }
      return YAML.readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(resource, e);
    }
  }

  private static TrainerConfig parse(JsonNode document) throws ConfigException {
    List<String> problems = new ArrayList<>();
    Section root = new Section("", merged(document, problems), problems);
    String name = root.text("name");
    Section model = root.section("model");
    Section batch = root.section("batch");
    Section optimizer = root.section("optimizer");
    Section balance = root.section("balance");
    Section hiddenZ = root.section("hidden_z");
    Section training = root.section("training");
    ModelFields fields = ModelFields.read(model);
    Initializer initializer =
        new Initializer(
            model.number("embed_std", 1e-6, 100), model.number("router_scale", 1e-6, 100));
    int sequences = batch.small("sequences", 1, MANY);
    int length = batch.small("length", 1, MANY);
    int accumulation = batch.small("accumulation", 1, MANY, 1);
    OptimizerSettings settings = optimizer(optimizer, balance);
    int warmUp = optimizer.small("warm_up_steps", 0, MANY);
    double alpha = balance.number("alpha", 0, 100);
    double lambda = hiddenZ.number("lambda", 0, 0.1);
    Training course = training(training);
    for (Section section : List.of(root, model, batch, optimizer, balance, hiddenZ, training)) {
      section.end();
    }
    ModelConfig sizes = fields.build(problems);
    if (sizes == null || !problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new TrainerConfig(
        name,
        sizes,
        initializer,
        sequences,
        length,
        accumulation,
        settings,
        warmUp,
        alpha,
        lambda,
        course);
  }

  /** The document over its preset, if it names one. */
  private static JsonNode merged(JsonNode document, List<String> problems) {
    if (!(document instanceof ObjectNode own) || !own.has("preset")) {
      return document;
    }
    String base = own.remove("preset").asText();
    if (!PRESETS.contains(base)) {
      problems.add("preset " + base + " is none of " + PRESETS);
      return own;
    }
    JsonNode merged = preset(base);
    own.properties()
        .forEach(
            entry -> {
              JsonNode below = merged.get(entry.getKey());
              if (below instanceof ObjectNode mapping
                  && entry.getValue() instanceof ObjectNode above) {
                mapping.setAll(above);
              } else {
                ((ObjectNode) merged).set(entry.getKey(), entry.getValue());
              }
            });
    return merged;
  }

  private static OptimizerSettings optimizer(Section optimizer, Section balance) {
    return new OptimizerSettings(
        optimizer.number("learning_rate", 0, 10),
        optimizer.number("beta1", 0, 0.999_999),
        optimizer.number("beta2", 0, 0.999_999_9),
        optimizer.number("epsilon", 1e-20, 1e-2),
        optimizer.number("weight_decay", 0, 10),
        optimizer.number("clip_norm", 0, 1e6),
        balance.number("mu", 0, 1),
        balance.number("mu_decay", 0.5, 1));
  }

  private static Training training(Section training) {
    return new Training(
        training.integer("steps", 1, 1_000_000_000_000L),
        training.integer("seed", Integer.MIN_VALUE, Integer.MAX_VALUE),
        training.small("progress_every", 1, MANY),
        training.small("checkpoint_every", 1, MANY),
        training.small("probe_every", 0, MANY),
        training.small("exact_every", 0, MANY),
        training.small("validation_every", 0, MANY, 0),
        training.small("lease_millis", 100, 86_400_000));
  }
}
