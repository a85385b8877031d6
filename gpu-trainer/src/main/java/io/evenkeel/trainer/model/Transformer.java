package io.evenkeel.trainer.model;

import io.evenkeel.trainer.layer.LayerShape;
import io.evenkeel.trainer.layer.LayerStatistics;
import io.evenkeel.trainer.layer.LayerTotals;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.layer.Recording;
import io.evenkeel.trainer.layer.RmsNorm;
import io.evenkeel.trainer.layer.RopeTable;
import io.evenkeel.trainer.layer.ScMoeLayer;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.layer.Workspace;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The model with the activations of one batch shape. */
public final class Transformer {
  private static final int CROSS_ENTROPY = 0;
  private static final int HIDDEN_Z = 1;

  private final TensorOps ops;
  private final ModelState state;
  private final LayerShape shape;
  private final Stopwatch telemetry;
  private final List<ScMoeLayer> layers = new ArrayList<>();
  private final IndexTensor tokens;
  private final IndexTensor targets;
  private final Tensor embedded;
  private final RmsNorm finalNorm;
  private final Tensor hiddenLogSumExp;
  private final Tensor logits;
  private final Tensor logSumExp;
  private final Tensor dLogits;
  private final Tensor dNorm;
  private final Tensor dHidden;
  private final List<Statistics> lossSums = new ArrayList<>();
  private final double[] lossSumsHost = new double[2];
  private final int[] predicted;
  private int microBatch;

  /** For steps of one batch. */
  public Transformer(
      TensorOps ops, ModelState state, int sequences, int length, Stopwatch telemetry) {
    this(ops, state, sequences, length, 1, telemetry);
  }

  /**
   * Allocates activations for B sequences of length S.
   *
   * @param microBatches of a step, whose gradients are added up; each has sums of its own, so that
   *     the host need not read before the step ends
   * @param telemetry adds up the time spent on statistics that training itself does not need
   */
  public Transformer(
      TensorOps ops,
      ModelState state,
      int sequences,
      int length,
      int microBatches,
      Stopwatch telemetry) {
    this.ops = ops;
    this.state = state;
    this.telemetry = telemetry;
    ModelConfig config = state.config();
    this.shape = config.layerShape(sequences, length);
    Workspace scratch = new Workspace(ops, shape);
    RopeTable rope = RopeTable.create(ops.memory(), length, shape.headWidth(), config.ropeBase());
    for (int index = 0; index < config.layers(); index++) {
      String prefix = "layers." + index + ".";
      layers.add(
          new ScMoeLayer(
              ops,
              shape,
              rope,
              scratch,
              state.bias(index),
              microBatches,
              name -> state.parameter(prefix + name)));
    }
    int count = shape.tokens();
    Shape wide = Shape.of(count, config.width());
    Shape scores = Shape.of(count, config.vocabulary());
    tokens = ops.memory().allocateIndices(Shape.of(count));
    targets = ops.memory().allocateIndices(Shape.of(count));
    embedded = ops.memory().allocate(wide);
    finalNorm = new RmsNorm(ops, state.parameter("norm_final"), config.rmsEpsilon(), count);
    hiddenLogSumExp = ops.memory().allocate(Shape.of(count));
    logits = ops.memory().allocate(scores);
    logSumExp = ops.memory().allocate(Shape.of(count));
    dLogits = ops.memory().allocate(scores);
    dNorm = ops.memory().allocate(wide);
    dHidden = ops.memory().allocate(wide);
    predicted = new int[microBatches];
    for (int i = 0; i < microBatches; i++) {
      lossSums.add(ops.memory().allocateStatistics(2));
    }
  }

  /** The passes that follow are those of this micro-batch of the step; 0 at first. */
  public void select(int index) {
    microBatch = index;
    layers.forEach(layer -> layer.select(index));
  }

  /**
   * Forward pass with all loss terms.
   *
   * @param inputs symbols [B*S]
   * @param expected next symbols [B*S]; a negative one is left out of the language-model loss,
   *     which is the mean over the others
   */
  public void forward(int[] inputs, int[] expected) {
    predicted[microBatch] = predicted(expected);
    ops.memory().write(tokens, inputs);
    ops.memory().write(targets, expected);
    ops.dense().embeddingForward(state.parameter("embed").value(), tokens, embedded);
    Tensor h = embedded;
    for (ScMoeLayer layer : layers) {
      h = layer.forward(h);
    }
    ops.losses().hiddenZForward(h, hiddenLogSumExp, lossSums.get(microBatch), HIDDEN_Z);
    ops.dense().linearForward(finalNorm.forward(h), state.parameter("head").value(), logits);
    ops.losses()
        .crossEntropyForward(logits, targets, logSumExp, lossSums.get(microBatch), CROSS_ENTROPY);
  }

  /** Tokens that the language-model loss counts; at least 1, as nothing is 0 of nothing. */
  private static int predicted(int[] targets) {
    int count = 0;
    for (int target : targets) {
      count += target < 0 ? 0 : 1;
    }
    return Math.max(1, count);
  }

  /** Reads the layers' sums to the host: needed before losses or signals are asked for. */
  public void refreshStatistics() {
    layers.forEach(ScMoeLayer::refreshStatistics);
  }

  /**
   * The losses of the step's forward passes under an objective, means over its micro-batches;
   * statistics must have been refreshed.
   */
  public LossTerms losses(Objective objective) {
    double languageModel = 0;
    double hiddenZ = 0;
    for (int index = 0; index < lossSums.size(); index++) {
      ops.memory().read(lossSums.get(index), lossSumsHost);
      languageModel +=
          lossSumsHost[CROSS_ENTROPY] / Math.max(1, predicted[index]) / lossSums.size();
      hiddenZ += objective.lambda() * lossSumsHost[HIDDEN_Z] / shape.tokens() / lossSums.size();
    }
    double loadBalance = 0;
    double weighted = 0;
    for (int index = 0; index < layers.size(); index++) {
      double loss = layers.get(index).totals().loadBalanceLoss();
      loadBalance += loss / layers.size();
      weighted += objective.loadBalanceCoefficient(index) * loss;
    }
    return new LossTerms(languageModel, loadBalance, hiddenZ, languageModel + weighted + hiddenZ);
  }

  /**
   * Sets every parameter's gradient to that of the objective, and records the gradient statistics.
   */
  public void backward(Objective objective, GradientMethod method) {
    if (method == GradientMethod.EXACT) {
      telemetry.start();
      state.zeroGradients();
      measureLanguageModel(1);
      telemetry.stop();
    }
    state.zeroGradients();
    accumulate(
        objective,
        method == GradientMethod.EXACT ? Recording.DISCARD : Recording.KEEP,
        1,
        telemetry);
  }

  /**
   * Adds a share of the objective's gradient on the last forward pass's batch to every parameter's.
   *
   * @param recording whether the gradient statistics of this pass are the step's
   * @param share 1 over the batches of which the step's objective is the mean
   */
  public void accumulate(Objective objective, Recording recording, double share) {
    accumulate(objective, recording, share, telemetry);
  }

  /**
   * Records the gradient statistics of the language-model loss alone; the parameters' gradients
   * become useless.
   *
   * @param share as in {@link #accumulate}
   */
  public void measureLanguageModel(double share) {
    accumulate(
        Objective.languageModel(layers.size()), Recording.KEEP, share, new Stopwatch(() -> 0));
  }

  private void accumulate(
      Objective objective, Recording recording, double share, Stopwatch stopwatch) {
    ops.memory().fill(dNorm, 0);
    ops.losses()
        .crossEntropyBackward(logits, logSumExp, targets, share / predicted[microBatch], dLogits);
    Parameter head = state.parameter("head");
    ops.dense().linearBackward(finalNorm.out(), head.value(), dLogits, dNorm, head.gradient());
    zGradient(objective.lambda() * share);
    finalNorm.backward(hidden(), dNorm, dHidden);
    for (int index = layers.size() - 1; index >= 0; index--) {
      layers
          .get(index)
          .backward(
              inputOf(index),
              dHidden,
              objective.loadBalanceCoefficient(index),
              share,
              recording,
              stopwatch);
    }
    ops.dense().embeddingBackward(tokens, dHidden, state.parameter("embed").gradient());
  }

  /**
   * dL_Z/dhidden of the last forward pass [T,d], in a buffer that the next backward pass
   * overwrites.
   */
  public Tensor zGradient(double lambda) {
    ops.memory().fill(dHidden, 0);
    ops.losses().hiddenZBackward(hidden(), hiddenLogSumExp, lambda / shape.tokens(), dHidden);
    return dHidden;
  }

  private Tensor inputOf(int layer) {
    return layer == 0 ? embedded : outputs(layer - 1);
  }

  private Tensor outputs(int layer) {
    return layers.get(layer).out();
  }

  /** Computes the statistics of the last forward pass that only telemetry needs. */
  public void recordStatistics() {
    telemetry.start();
    for (ScMoeLayer layer : layers) {
      layer.recordStatistics();
    }
    telemetry.stop();
  }

  /**
   * Computes what {@code gamma_empirical} and {@code ffn_sum_var} need, of the last forward pass.
   */
  public void recordAlignment() {
    telemetry.start();
    for (ScMoeLayer layer : layers) {
      layer.recordAlignment();
    }
    telemetry.stop();
  }

  /** Updates every layer's selection bias by the loads of the last forward pass. */
  public void updateSelectionBiases(double mu) {
    for (ScMoeLayer layer : layers) {
      layer.updateSelectionBias(mu);
    }
  }

  /** h_L of the last forward pass [T,d], before the final norm. */
  public Tensor hidden() {
    return outputs(layers.size() - 1);
  }

  /** Logits of the last forward pass [T,V]. */
  public Tensor logits() {
    return logits;
  }

  /** The layers, first to last. */
  public List<ScMoeLayer> layers() {
    return Collections.unmodifiableList(layers);
  }

  /** The sums of a layer over the micro-batch last selected. */
  public LayerStatistics statistics(int layer) {
    return layers.get(layer).statistics();
  }

  /** The sums of a layer over the step. */
  public LayerTotals totals(int layer) {
    return layers.get(layer).totals();
  }

  /** Batch and layer sizes. */
  public LayerShape shape() {
    return shape;
  }

  /** What is trained. */
  public ModelState state() {
    return state;
  }
}
