package io.evenkeel.trainer.app;

import io.evenkeel.contract.run.Knobs;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.fault.FaultPlan;
import io.evenkeel.trainer.loop.TrainingLoop;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.ops.cuda.GemmPrecision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code train}. */
final class TrainOptions {
  private static final Map<String, String> SHORT_NAMES =
      Map.of(
          "alpha", Knobs.LOAD_BALANCE_ALPHA,
          "mu", Knobs.EXPERT_BIAS_MU,
          "mu_decay", Knobs.EXPERT_BIAS_MU_DECAY,
          "lambda", Knobs.HIDDEN_Z_LAMBDA,
          "epsilon", Knobs.ADAM_EPSILON,
          "lr_scale", Knobs.LEARNING_RATE_SCALE,
          "clip", Knobs.GRADIENT_CLIP_NORM);

  /** Whether a run that was killed goes on where it was. */
  enum Resume {
    /** From its last checkpoint. */
    AUTO,
    /** From step 0, as a new incarnation. */
    NEVER
  }

  @Option(
      names = {"--config", "--preset"},
      paramLabel = "FILE|PRESET",
      defaultValue = "demo",
      description =
          "YAML file, or one of tiny, demo, small, harm-f, harm-z, harm-s, longcat-flash"
              + " (default: ${DEFAULT-VALUE}).")
  String config = "demo";

  @Option(names = "--steps", paramLabel = "N", description = "Train up to step N.")
  private @Nullable Long steps;

  @Option(
      names = "--run",
      paramLabel = "ID",
      description = "Run id (default: the run that was killed in --data, or else a new one).")
  private @Nullable String run;

  @Option(names = "--seed", paramLabel = "S", description = "Seed of weights and data.")
  private @Nullable Long seed;

  @Option(
      names = "--set",
      paramLabel = "KNOB=VALUE",
      description =
          "Start with this value, such as alpha=10 or load_balance.alpha=10; the baseline stays.")
  private Map<String, Double> knobs = new LinkedHashMap<>();

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:EVENKEEL_KAFKA_BOOTSTRAP}",
      description =
          "Kafka (default: $EVENKEEL_KAFKA_BOOTSTRAP); without it and --gateway the trainer trains"
              + " alone.")
  private @Nullable String bootstrap;

  @Option(
      names = "--gateway",
      paramLabel = "URL",
      description =
          "A gateway instead of Kafka, such as http://localhost:8090, with the token in"
              + " $EVENKEEL_TOKEN or --token-file.")
  private @Nullable String gateway;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File that holds the gateway's token (default: $EVENKEEL_TOKEN).")
  private @Nullable Path tokenFile;

  @Option(
      names = "--backend",
      paramLabel = "auto|cpu|cuda|cuda-emulated|reference",
      defaultValue = "auto",
      description = "Where to compute (default: ${DEFAULT-VALUE}).")
  Backends backend = Backends.AUTO;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "${env:OPENBLAS_NUM_THREADS:-1}",
      description = "Threads of matrix products (default: $OPENBLAS_NUM_THREADS or 1).")
  int threads = 1;

  @Option(
      names = "--min-step-millis",
      paramLabel = "M",
      defaultValue = "0",
      description = "Pause after a step that took less.")
  long leastStepMillis;

  @Option(names = "--report", paramLabel = "FILE", description = "Write a JSON report at the end.")
  private @Nullable Path report;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:EVENKEEL_DATA}",
      description = "Folder of checkpoints (default: $EVENKEEL_DATA); without it none are written.")
  private @Nullable Path data;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      description = "Steps between two checkpoints.")
  private @Nullable Integer checkpointEvery;

  @Option(
      names = "--resume",
      paramLabel = "auto|never",
      defaultValue = "auto",
      description = "What becomes of a run that is in --data already (default: ${DEFAULT-VALUE}).")
  Resume resume = Resume.AUTO;

  @Option(
      names = "--inject",
      paramLabel = "FAULT",
      description =
          "Break something on purpose: alpha=30@200 sets a knob from step 200 on,"
              + " alpha=1e-3..30@50..450 ramps it, learning_rate*=10@130..135 scales,"
              + " noise@130 gives a batch of noise, nan:layers.0.router@40 strikes a gradient;"
              + " or the name of a plan that comes with the trainer, such as router-clones."
              + " May be given several times.")
  private List<String> injected = new ArrayList<>();

  @Option(
      names = "--faults",
      paramLabel = "FILE|PLAN",
      description = "Break what this YAML file, or a plan that comes with the trainer, lists.")
  private @Nullable String faults;

  @Option(
      names = "--precision",
      paramLabel = "tf32|fp32",
      defaultValue = "tf32",
      description =
          "Matrix products on a GPU; tf32 needs compute capability 8.0 and is fp32 on older cards"
              + " (default: ${DEFAULT-VALUE}).")
  GemmPrecision precision = GemmPrecision.TF32;

  /**
   * What goes wrong on purpose besides what the configuration says.
   *
   * @throws ConfigException naming every problem
   */
  FaultPlan faults(ModelConfig model) throws ConfigException {
    FaultPlan listed = faults == null ? FaultPlan.none() : ConfigReader.readFaults(faults, model);
    return listed.and(ConfigReader.injected(injected, model));
  }

  @Option(
      names = "--plan",
      description =
          "Print parameters, memory and arithmetic of a step, and train nothing; longcat-flash can"
              + " only be planned.")
  boolean plan;

  @Option(
      names = "--ranks",
      paramLabel = "R",
      defaultValue = "1",
      description =
          "Data-parallel replicas in this process, each on its own thread with batches of its own"
              + " (default: ${DEFAULT-VALUE}).")
  private int ranks = 1;

  @Option(
      names = "--accumulation",
      paramLabel = "A",
      description = "Batches that each rank adds up to one step (default: the configuration's).")
  private @Nullable Integer accumulation;

  @Option(
      names = "--validation-every",
      paramLabel = "N",
      description =
          "Steps between two measurements of the loss on held-out text; 0: at the end alone"
              + " (default: the configuration's).")
  private @Nullable Integer validationEvery;

  @Option(
      names = "--grow-from",
      paramLabel = "CHECKPOINT",
      description =
          "Begin a run with the layers of this checkpoint, stacked --times times; its optimiser"
              + " begins anew.")
  private @Nullable Path growFrom;

  @Option(
      names = "--times",
      paramLabel = "r",
      defaultValue = "2",
      description = "How many times --grow-from stacks the layers (default: ${DEFAULT-VALUE}).")
  int times = 2;

  /** How the micro-batches of a step are spread. */
  Arrangement arrangement(TrainerConfig config) {
    return new Arrangement(ranks, Objects.requireNonNullElse(accumulation, config.accumulation()));
  }

  /** How often what is done. */
  TrainingLoop.Course course(TrainerConfig config) {
    TrainerConfig.Training training = config.training();
    return new TrainingLoop.Course(
        arrangement(config).accumulation(),
        training.checkpointEvery(),
        training.probeEvery(),
        training.exactEvery(),
        Objects.requireNonNullElse(validationEvery, training.validationEvery()),
        training.leaseMillis());
  }

  Optional<Path> growFrom() {
    return Optional.ofNullable(growFrom);
  }

  Optional<Long> steps() {
    return Optional.ofNullable(steps);
  }

  Optional<String> run() {
    return Optional.ofNullable(run);
  }

  Optional<Long> seed() {
    return Optional.ofNullable(seed);
  }

  Optional<String> bootstrap() {
    return Optional.ofNullable(bootstrap).filter(b -> !b.isBlank());
  }

  Optional<String> gateway() {
    return Optional.ofNullable(gateway).filter(url -> !url.isBlank());
  }

  Optional<Path> tokenFile() {
    return Optional.ofNullable(tokenFile);
  }

  Optional<Path> report() {
    return Optional.ofNullable(report);
  }

  Optional<Path> data() {
    return Optional.ofNullable(data).filter(d -> !d.toString().isBlank());
  }

  Optional<Integer> checkpointEvery() {
    return Optional.ofNullable(checkpointEvery);
  }

  /** Initial values by full knob name. */
  Map<String, Double> initialKnobs() {
    Map<String, Double> full = new LinkedHashMap<>();
    knobs.forEach((name, value) -> full.put(SHORT_NAMES.getOrDefault(name, name), value));
    return full;
  }
}
