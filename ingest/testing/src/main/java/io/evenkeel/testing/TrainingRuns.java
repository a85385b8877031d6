package io.evenkeel.testing;

import io.evenkeel.contract.telemetry.MoeShape;
import java.time.Duration;
import java.time.Instant;

/**
 * Settings of a synthetic run of a small mixture-of-experts model: healthy values lie in the ranges
 * that were calibrated on a real tiny model (L=3, N=8, Z=4, K=3, K_e=2, D=4; 512 tokens a rank and
 * step), and each disturbance moves the signals that it moves there. Mutable, for one thread; the
 * {@link TrainingRun} built from it is not.
 *
 * <pre>{@code
 * TrainingRun run = TrainingRuns.healthy("r1").ranks(2).alphaFactor(50, 100).build();
 * }</pre>
 */
public final class TrainingRuns implements Cloneable {

  /** No disturbance of its kind. */
  static final long NEVER = Long.MAX_VALUE;

  final String run;
  int incarnation;
  long seed = 1;
  int layers = 3;
  int ffnExperts = 8;
  int zeroExperts = 4;
  int topK = 3;
  double ffnExpertsTarget = 2;
  int groups = 4;
  int ranks = 1;
  int tokensPerRank = 512;
  int width = 48;
  double alpha = 1e-3;
  double epsilon = 1e-8;
  Instant start = Instant.parse("2026-01-01T00:00:00Z");
  Duration stepTime = Duration.ofMillis(250);

  double alphaFactor = 1;
  long alphaFrom = NEVER;
  long spikeAt = NEVER;
  double spikeNats;
  long nanAt = NEVER;
  long deadFrom = NEVER;
  int deadLayer;
  int deadExpert;
  long clonedFrom = NEVER;
  long imbalanceFrom = NEVER;
  double imbalance;
  long growthFrom = NEVER;
  double growthPerStep = 1;
  int stragglerRank = -1;
  double stragglerFactor = 1;

  private TrainingRuns(String run) {
    this.run = run;
  }

  /** A healthy run of one rank. */
  public static TrainingRuns healthy(String run) {
    return new TrainingRuns(run);
  }

  /** The incarnation, &gt;= 0. */
  public TrainingRuns incarnation(int value) {
    incarnation = value;
    return this;
  }

  /** Another seed, another run of the same health. */
  public TrainingRuns seed(long value) {
    seed = value;
    return this;
  }

  /** MoE layers L. */
  public TrainingRuns layers(int value) {
    layers = value;
    return this;
  }

  /**
   * N FFN and Z zero experts, of which each token selects K, K_e of them FFN experts on average.
   * Groups become 1 unless they divide N.
   */
  public TrainingRuns experts(int ffn, int zero, int selected, double target) {
    ffnExperts = ffn;
    zeroExperts = zero;
    topK = selected;
    ffnExpertsTarget = target;
    groups = ffn % groups == 0 ? groups : 1;
    return this;
  }

  /** Data-parallel ranks, each with its own share of the tokens. */
  public TrainingRuns ranks(int value) {
    ranks = value;
    return this;
  }

  /** Tokens of each rank in each step. */
  public TrainingRuns tokensPerRank(int value) {
    tokensPerRank = value;
    return this;
  }

  /** Wall time of step 0 and time between steps. */
  public TrainingRuns pace(Instant start, Duration stepTime) {
    this.start = start;
    this.stepTime = stepTime;
    return this;
  }

  /** Adam's epsilon; healthy at 1e-8, harmful from 1e-5 on. */
  public TrainingRuns epsilon(double value) {
    epsilon = value;
    return this;
  }

  /** alpha, and with it R_g, is {@code factor} times the healthy 1e-3 from {@code from} on. */
  public TrainingRuns alphaFactor(long from, double factor) {
    alphaFrom = from;
    alphaFactor = factor;
    return this;
  }

  /** At this one step the loss is {@code nats} higher and the gradient norm 7 times larger. */
  public TrainingRuns spike(long at, double nats) {
    spikeAt = at;
    spikeNats = nats;
    return this;
  }

  /**
   * At this one step losses and gradient norm are NaN, and entries of the router's gradient too.
   */
  public TrainingRuns nan(long at) {
    nanAt = at;
    return this;
  }

  /** One FFN expert receives no token from {@code from} on. */
  public TrainingRuns deadExpert(long from, int layer, int expert) {
    deadFrom = from;
    deadLayer = layer;
    deadExpert = expert;
    return this;
  }

  /** Router rows are alike from {@code from} on: similarity 0.95; R_g stays healthy. */
  public TrainingRuns clonedRouters(long from) {
    clonedFrom = from;
    return this;
  }

  /** FFN expert 0 of every layer carries 1 + {@code maxViolation} times the mean load. */
  public TrainingRuns imbalance(long from, double maxViolation) {
    imbalanceFrom = from;
    imbalance = maxViolation;
    return this;
  }

  /** Activations grow by {@code factorPerStep} a step from {@code from} on. */
  public TrainingRuns growingActivations(long from, double factorPerStep) {
    growthFrom = from;
    growthPerStep = factorPerStep;
    return this;
  }

  /** One rank takes {@code factor} times as long as the others. */
  public TrainingRuns straggler(int rank, double factor) {
    stragglerRank = rank;
    stragglerFactor = factor;
    return this;
  }

  /** The run. */
  public TrainingRun build() {
    return new TrainingRun(copy());
  }

  double alphaAt(long step) {
    return step >= alphaFrom ? alpha * alphaFactor : alpha;
  }

  MoeShape shape() {
    return new MoeShape(layers, ffnExperts, zeroExperts, topK, ffnExpertsTarget, groups);
  }

  int experts() {
    return ffnExperts + zeroExperts;
  }

  /** Which group of the load-balance loss an expert belongs to; zero experts form the last. */
  int group(int expert) {
    return expert < ffnExperts ? expert / (ffnExperts / groups) : groups;
  }

  private TrainingRuns copy() {
    try {
      return (TrainingRuns) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
