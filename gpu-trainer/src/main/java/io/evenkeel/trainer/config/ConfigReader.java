package io.evenkeel.trainer.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.evenkeel.trainer.config.TrainerConfig.Training;
import io.evenkeel.trainer.data.DataSettings;
import io.evenkeel.trainer.fault.FaultException;
import io.evenkeel.trainer.fault.FaultPlan;
import io.evenkeel.trainer.model.Initializer;
import io.evenkeel.trainer.model.LatentAttention;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.optim.LearningRateSchedule;
import io.evenkeel.trainer.optim.OptimizerSettings;
import io.evenkeel.trainer.optim.WidthTransfer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads configurations. A file may name a preset under {@code preset:}; its own fields then go
 * before the preset's.
 */
public final class ConfigReader {
  /** Presets that come with the trainer. */
  public static final List<String> PRESETS =
      List.of(
          "tiny", "demo", "small", "calibration", "harm-f", "harm-z", "harm-s", "longcat-flash");

  /** Plans of faults that come with the trainer. */
  public static final List<String> READY_FAULTS =
      List.of(
          "alpha-0-mu-0",
          "alpha-0.01",
          "alpha-0.1",
          "alpha-1",
          "alpha-10",
          "alpha-30",
          "alpha-jump",
          "alpha-ramp",
          "collapse",
          "data-shift",
          "duplicate-telemetry",
          "epsilon-1e-16",
          "epsilon-1e-3",
          "epsilon-1e-4",
          "epsilon-1e-5",
          "expert-bias",
          "gamma-1",
          "gamma-8",
          "gradient-infinity",
          "gradient-nan",
          "hot-lambda-0",
          "hot-lambda-1e-2",
          "hot-lambda-1e-3",
          "hot-lambda-1e-4",
          "lambda-1e-3",
          "large-init",
          "large-init-lambda-1e-3",
          "learning-rate-x10",
          "learning-rate-x100",
          "learning-rate-x30",
          "missing-rank",
          "mu-0.002",
          "mu-0.2",
          "mu-1",
          "noise-batch",
          "reordered-telemetry",
          "router-clones",
          "router-init-x10",
          "slow-rank",
          "telemetry-gap");

  /** Sections whose fields depend on one another: a file's own replaces the preset's. */
  private static final List<String> REPLACED_WHOLE = List.of("data", "transfer");

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
    return PRESETS.contains(source) ? parse(preset(source)) : parse(load(Path.of(source), PRESETS));
  }

  /**
   * Reads the text of a configuration.
   *
   * @throws ConfigException naming every problem
   */
  public static TrainerConfig parseText(String yaml) throws ConfigException {
    try {
      return parse(YAML.readTree(yaml));
    } catch (JacksonException e) {
      throw ConfigException.of("not YAML: " + e.getOriginalMessage());
    }
  }

  private static JsonNode load(Path file, List<String> names) throws ConfigException {
    try (InputStream in = Files.newInputStream(file)) {
      return YAML.readTree(in);
    } catch (JacksonException e) {
      throw ConfigException.of(file + " is not YAML: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw ConfigException.of(
          file + " is neither one of " + names + " nor a file that can be read");
    }
  }

  private static JsonNode preset(String name) {
    return resource("/presets/" + name + ".yaml");
  }

  private static JsonNode resource(String resource) {
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
    Problems problems = new Problems();
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
    Training course = training(training);
    OptimizerSettings settings = OptimizerReader.settings(optimizer, balance);
    LearningRateSchedule schedule = OptimizerReader.schedule(optimizer, course.steps());
    WidthTransfer transfer = OptimizerReader.transfer(root);
    double alpha = balance.number("alpha", 0, 100);
    double lambda = hiddenZ.number("lambda", 0, 0.1);
    DataSettings data = data(root, problems);
    @Nullable ModelConfig sizes = fields.build(problems);
    Optional<LatentAttention> latent = ModelFields.latentAttention(model);
    FaultPlan faults = faults(root, sizes, problems);
    for (Section section : List.of(root, model, batch, optimizer, balance, hiddenZ, training)) {
      section.end();
    }
    if (sizes != null && DataReader.symbols(data) > sizes.vocabulary()) {
      problems.add(
          "model.vocabulary must be at least "
              + DataReader.symbols(data)
              + ", the symbols of the data, not "
              + sizes.vocabulary());
    }
    problems.throwIfAny();
    if (sizes == null) {
      throw new IllegalStateException("a model that cannot be has no problem");
    }
    return new TrainerConfig(
        name,
        sizes,
        initializer,
        sequences,
        length,
        accumulation,
        settings,
        schedule,
        transfer,
        alpha,
        lambda,
        data,
        faults,
        latent,
        course);
  }

  private static DataSettings data(Section root, Problems problems) {
    return root.has("data")
        ? DataReader.read(root.section("data"), problems)
        : new DataSettings.Bundled();
  }

  private static FaultPlan faults(Section root, @Nullable ModelConfig model, Problems problems) {
    JsonNode list = root.raw("faults");
    return list.isMissingNode()
        ? FaultPlan.none()
        : FaultReader.read(list, "faults", model, problems);
  }

  /**
   * Reads a plan of faults.
   *
   * @param source name of one of {@link #READY_FAULTS}, or else path of a YAML file with a mapping
   *     that has {@code faults:}
   * @param model that the faults must fit
   * @throws ConfigException naming every problem
   */
  public static FaultPlan readFaults(String source, ModelConfig model) throws ConfigException {
    return faults(
        READY_FAULTS.contains(source)
            ? resource("/faults/" + source + ".yaml")
            : load(Path.of(source), READY_FAULTS),
        model);
  }

  /**
   * Reads the text of a plan of faults: a mapping that has {@code faults:}.
   *
   * @param model that the faults must fit
   * @throws ConfigException naming every problem
   */
  public static FaultPlan parseFaults(String yaml, ModelConfig model) throws ConfigException {
    try {
      return faults(YAML.readTree(yaml), model);
    } catch (JacksonException e) {
      throw ConfigException.of("not YAML: " + e.getOriginalMessage());
    }
  }

  private static FaultPlan faults(JsonNode document, ModelConfig model) throws ConfigException {
    Problems problems = new Problems();
    Section root = new Section("", document, problems);
    JsonNode list = root.raw("faults");
    root.raw("description");
    root.end();
    FaultPlan plan = FaultReader.read(list, "faults", model, problems);
    problems.throwIfAny();
    return plan;
  }

  /**
   * Reads faults of one word each, such as {@code alpha=30@200}, or names of {@link #READY_FAULTS}.
   *
   * @param words of the command line
   * @param model that the faults must fit
   * @throws ConfigException naming every problem
   */
  public static FaultPlan injected(List<String> words, ModelConfig model) throws ConfigException {
    FaultPlan plan = FaultPlan.none();
    Problems problems = new Problems();
    for (String word : words) {
      if (READY_FAULTS.contains(word)) {
        plan = plan.and(readFaults(word, model));
        continue;
      }
      try {
        FaultPlan one = new FaultPlan(List.of(FaultShorthand.parse(word)));
        one.requireFits(model);
        plan = plan.and(one);
      } catch (FaultException e) {
        problems.add(e.id(), word + ": " + e.getMessage());
      }
    }
    problems.throwIfAny();
    return plan;
  }

  /** The document over its preset, if it names one. */
  private static JsonNode merged(JsonNode document, Problems problems) {
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
                  && entry.getValue() instanceof ObjectNode above
                  && !REPLACED_WHOLE.contains(entry.getKey())) {
                mapping.setAll(above);
              } else {
                ((ObjectNode) merged).set(entry.getKey(), entry.getValue());
              }
            });
    return merged;
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
