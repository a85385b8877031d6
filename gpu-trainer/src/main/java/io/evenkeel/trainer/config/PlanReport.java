package io.evenkeel.trainer.config;

import io.evenkeel.trainer.model.LatentAttention;
import io.evenkeel.trainer.model.MemoryPlan;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.model.ParameterPlan;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What training a configuration would take, before anything is allocated: parameters, memory of one
 * rank by kind, and the arithmetic of a step.
 */
public final class PlanReport {
  /** Batches of validation and probes have at most so many sequences. */
  public static final int HELD_OUT_SEQUENCES = 8;

  private static final long LARGEST_TENSOR = Integer.MAX_VALUE;
  private static final double GIBI = 1L << 30;
  private static final double PETA = 1e15;
  private static final double GIGA = 1e9;

  private final TrainerConfig config;
  private final ModelConfig model;
  private final int microBatches;
  private final ParameterPlan parameters;
  private final MemoryPlan memory;

  /**
   * Plans a configuration.
   *
   * @param ranks R
   * @param accumulation A, micro-batches that each rank takes a step
   * @param traits of the backend
   */
  public PlanReport(TrainerConfig config, int ranks, int accumulation, MemoryPlan.Traits traits) {
    this.config = config;
    this.model = config.model();
    this.microBatches = Math.multiplyExact(ranks, accumulation);
    this.parameters = ParameterPlan.of(model, config.latentAttention());
    MemoryPlan.Extent extent =
        new MemoryPlan.Extent(
            config.sequences(),
            config.length(),
            accumulation,
            OptionalInt.of(Math.min(HELD_OUT_SEQUENCES, config.sequences())),
            config.training().probeEvery() > 0 ? MemoryPlan.Probes.MADE : MemoryPlan.Probes.NONE);
    this.memory = MemoryPlan.of(model, parameters, extent, traits);
  }

  /** Trained numbers. */
  public ParameterPlan parameters() {
    return parameters;
  }

  /** Bytes of one rank. */
  public MemoryPlan memory() {
    return memory;
  }

  /**
   * Floating-point operations of a step: 6 a token and active parameter (2 forward, 4 backward), at
   * K_e experts, and 6 (S+1) a token and attention for the causal scores and sums over the width.
   */
  public double flopsPerStep() {
    double tokens = (double) config.tokens() * microBatches;
    long scored =
        config
            .latentAttention()
            .map(latent -> latent.scoreWidth(model.heads()))
            .orElse(2L * model.width());
    double attention = 3.0 * scored * (config.length() + 1) * 2 * model.layers();
    return tokens * (6 * (parameters.activeMean(model) - parameters.norms()) + attention);
  }

  /**
   * Why the configuration cannot be trained; empty when it can.
   *
   * @param availableBytes for the tensors of all ranks
   * @param ranks on this machine
   */
  public Optional<String> obstacle(long availableBytes, int ranks) {
    if (config.latentAttention().isPresent()) {
      return Optional.of(
          "the trainer has no latent attention: this configuration can be planned only");
    }
    long largest =
        Math.max(
            (long) model.ffnExperts() * model.expertHidden() * model.width(),
            Math.max(
                (long) model.vocabulary() * model.width(),
                (long) config.tokens() * model.vocabulary()));
    if (largest > LARGEST_TENSOR) {
      return Optional.of(
          "a tensor of %,d elements is larger than the trainer can hold".formatted(largest));
    }
    long needed = Math.multiplyExact(memory.total(), (long) ranks);
    return needed > availableBytes
        ? Optional.of(
            "it needs %s of memory, and there are %s".formatted(gibi(needed), gibi(availableBytes)))
        : Optional.empty();
  }

  /** The report, for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Plan of %s: nothing is allocated.".formatted(config.name()));
    lines.add(
        "Model: %d layers, width %d, %d heads, %d FFN experts and %d zero experts of which %d are chosen, vocabulary %d."
            .formatted(
                model.layers(),
                model.width(),
                model.heads(),
                model.ffnExperts(),
                model.zeroExperts(),
                model.topK(),
                model.vocabulary()));
    parameterLines(lines);
    memoryLines(lines);
    lines.add(
        "Arithmetic of a step of %,d tokens (%d micro-batches of %d x %d): %s, %s a token."
            .formatted(
                (long) config.tokens() * microBatches,
                microBatches,
                config.sequences(),
                config.length(),
                flops(flopsPerStep()),
                flops(flopsPerStep() / config.tokens() / microBatches)));
    config.latentAttention().ifPresent(latent -> approximations(lines, latent));
    return lines;
  }

  private void parameterLines(List<String> lines) {
    lines.add(
        "Parameters: total %s (%,d).".formatted(billions(parameters.total()), parameters.total()));
    lines.add(
        "Active a token: %s to %s, %s at K_e = %s (%,.0f to %,.0f, %,.0f; without the embedding, of which a token reads one row)."
            .formatted(
                billions(parameters.activeLeast(model)),
                billions(parameters.activeMost(model)),
                billions(parameters.activeMean(model)),
                trimmed(model.ffnExpertsTarget()),
                parameters.activeLeast(model),
                parameters.activeMost(model),
                parameters.activeMean(model)));
    lines.add(
        "  by part: FFN experts %s, dense blocks %s, attention %s, embedding %s, head %s, routers %s."
            .formatted(
                billions(parameters.ffnExperts() * parameters.expert()),
                billions(parameters.dense()),
                billions(parameters.attention()),
                billions(parameters.embedding()),
                billions(parameters.head()),
                billions(parameters.routers())));
  }

  private void memoryLines(List<String> lines) {
    lines.add(
        "Memory of one rank that holds the whole model: %s (%,d bytes)."
            .formatted(gibi(memory.total()), memory.total()));
    lines.add(
        "  parameters %s, gradients %s, moments %s, activations %s, scratch %s, statistics %s, held-out batch %s."
            .formatted(
                gibi(memory.parameters()),
                gibi(memory.gradients()),
                gibi(memory.moments()),
                gibi(memory.activations()),
                gibi(memory.scratch()),
                gibi(memory.statistics()),
                gibi(memory.heldOut())));
  }

  private void approximations(List<String> lines, LatentAttention latent) {
    ParameterPlan plain = ParameterPlan.of(model);
    lines.add(
        "Approximated: parameters and arithmetic are those of the latent attention (ranks %d and %d; heads %d+%d, values %d);"
            .formatted(
                latent.queryRank(),
                latent.keyValueRank(),
                latent.contentWidth(),
                latent.rotaryWidth(),
                latent.valueWidth()));
    lines.add(
        "  activations are those of the trainer's plain attention, with which the model would have %s in all, %s to %s active."
            .formatted(
                billions(plain.total()),
                billions(plain.activeLeast(model)),
                billions(plain.activeMost(model))));
    lines.add(
        "  Weights, gradients and moments are float32 on one rank: no sharding, no lower precision, no recomputation.");
  }

  /** Cut, not rounded, as model cards do; millions where billions say nothing. */
  private static String billions(double count) {
    boolean large = count >= GIGA;
    double scaled = large ? count / GIGA : count / 1e6;
    return BigDecimal.valueOf(scaled).setScale(large ? 1 : 2, RoundingMode.DOWN)
        + (large ? "B" : "M");
  }

  private static String trimmed(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.3f", value);
  }

  private static String gibi(long bytes) {
    return bytes >= GIBI
        ? String.format(Locale.ROOT, "%,.1f GiB", bytes / GIBI)
        : String.format(Locale.ROOT, "%.2f MiB", bytes / (GIBI / 1024));
  }

  private static String flops(double operations) {
    return operations >= PETA
        ? String.format(Locale.ROOT, "%,.2f PFLOP", operations / PETA)
        : String.format(Locale.ROOT, "%,.3f GFLOP", operations / GIGA);
  }
}
