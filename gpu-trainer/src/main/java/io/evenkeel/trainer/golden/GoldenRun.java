package io.evenkeel.trainer.golden;

import io.evenkeel.trainer.golden.Actual.Array;
import io.evenkeel.trainer.golden.Actual.Group;
import io.evenkeel.trainer.golden.Actual.Items;
import io.evenkeel.trainer.golden.Actual.Nothing;
import io.evenkeel.trainer.golden.Actual.Number;
import io.evenkeel.trainer.golden.Actual.Numbers;
import io.evenkeel.trainer.golden.Actual.Unchecked;
import io.evenkeel.trainer.layer.ExpertProbe;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.layer.ScMoeLayer;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.model.GradientMethod;
import io.evenkeel.trainer.model.LossTerms;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.model.Objective;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.optim.AdamW;
import io.evenkeel.trainer.optim.GradientClip;
import io.evenkeel.trainer.optim.OptimizerSettings;
import io.evenkeel.trainer.optim.TensorCheck;
import io.evenkeel.trainer.signal.GradientNormRatio;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Recomputes everything in a golden file on one backend. */
final class GoldenRun {
  private static final List<String> INFORMATIVE =
      List.of(
          "schema",
          "name",
          "seed",
          "dtype",
          "torch",
          "conventions",
          "config",
          "optimizer",
          "B",
          "S",
          "params",
          "bias",
          "batches",
          "grad_format",
          "float32_deviation");

  private final TensorOps ops;
  private final GoldenCase golden;
  private final Tolerances tolerances;
  private final Objective objective;
  private final ModelState state;
  private final Transformer model;
  private final AdamW optimizer;

  private GoldenRun(GoldenCase golden, TensorOps ops) {
    this.golden = golden;
    this.ops = ops;
    tolerances = Tolerances.forElementBits(ops.elementBits());
    state = golden.state(ops.memory());
    objective = Objective.uniform(state.config().layers(), golden.alpha(), golden.lambda());
    model = transformer(state);
    optimizer = new AdamW(ops, state);
  }

  private Transformer transformer(ModelState of) {
    return new Transformer(ops, of, golden.sequences(), golden.length(), new Stopwatch(() -> 0));
  }

  /** The computed tree of a case. */
  static Group compute(GoldenCase golden, TensorOps ops) {
    return new GoldenRun(golden, ops).compute();
  }

  private Group compute() {
    Group root = new Group();
    INFORMATIVE.forEach(name -> root.with(name, Unchecked.PRESENT));
    // The model as the file gives it, before it is trained.
    if (golden.hasGrowth()) {
      root.with("growth", growth());
    }

    model.forward(golden.inputs(0), golden.targets(0));
    model.recordStatistics();
    model.recordAlignment();
    model.refreshStatistics();
    root.with("forward", forward());
    Tensor zGradient = model.zGradient(golden.lambda());
    root.with("z_grad", array(zGradient, zGradient.shape(), tolerances.gradient()));

    model.backward(objective, GradientMethod.EXACT);
    model.refreshStatistics();
    root.with("grads", tensors(Kind.GRADIENT, tolerances.gradient()));
    root.with("signals", signals());
    optimizer.measure();
    GradientClip clip = optimizer.clip(golden.optimizer());
    root.with("grad_norm", new Number(clip.norm(), tolerances.gradientNorm()));
    root.with("clip_coef", new Number(clip.coefficient(), tolerances.gradientNorm()));

    root.with("steps", steps());
    root.with("params_after", tensors(Kind.VALUE, tolerances.parameter()));
    root.with("bias_after", biases(state, tolerances.parameter()));
    return root;
  }

  private Group forward() {
    LossTerms losses = model.losses(objective);
    int batch = golden.sequences();
    int length = golden.length();
    Group group = losses(losses);
    double[] balance =
        model.layers().stream().mapToDouble(l -> l.statistics().loadBalanceLoss()).toArray();
    List<Array> probabilities = new ArrayList<>();
    for (ScMoeLayer layer : model.layers()) {
      Tensor r = layer.moe().probabilities();
      probabilities.add(array(r, r.shape(), tolerances.logits()));
    }
    return group
        .with("lb_layers", new Numbers(balance, tolerances.loss()))
        .with("logits_digest", Digest.of(ops.memory().toArray(model.logits()), tolerances))
        .with(
            "logits",
            array(
                model.logits(),
                Shape.of(batch, length, state.config().vocabulary()),
                tolerances.logits()))
        .with(
            "hidden",
            array(
                model.hidden(),
                Shape.of(batch, length, state.config().width()),
                tolerances.logits()))
        .with("min_margin", margin(model))
        .with("sel", selections(model))
        .with("R", new Items(probabilities));
  }

  private Group losses(LossTerms losses) {
    return new Group()
        .with("loss_total", new Number(losses.total(), tolerances.loss()))
        .with("loss_lm", new Number(losses.languageModel(), tolerances.loss()))
        .with("loss_lb", new Number(losses.loadBalance(), tolerances.loss()))
        .with("loss_z", new Number(losses.hiddenZ(), tolerances.loss()));
  }

  private Items signals() {
    ExpertProbe probe = new ExpertProbe(ops, model.shape());
    List<Group> layers = new ArrayList<>();
    for (ScMoeLayer layer : model.layers()) {
      layers.add(
          SignalTree.of(
              layer.statistics(),
              golden.alpha(),
              objective.layers(),
              probe.outputCosine(layer),
              tolerances));
    }
    return new Items(layers);
  }

  private Items steps() {
    OptimizerSettings settings = golden.optimizer();
    List<Group> steps = new ArrayList<>();
    for (int step = 0; step < golden.steps(); step++) {
      model.forward(golden.inputs(step), golden.targets(step));
      Number margin = margin(model);
      model.backward(objective, GradientMethod.EXACT);
      model.refreshStatistics();
      Group group = losses(model.losses(objective));
      optimizer.measure();
      GradientClip clip = optimizer.clip(settings);
      optimizer.step(settings);
      double mu = settings.mu(step);
      model.updateSelectionBiases(mu);
      group
          .with("step", new Number(step, Tolerance.EXACT))
          .with("grad_norm", new Number(clip.norm(), tolerances.gradientNorm()))
          .with("clip_coef", new Number(clip.coefficient(), tolerances.gradientNorm()))
          .with("mu", new Number(mu, Tolerance.relative(1e-14)))
          .with("bias_after", biases(state, tolerances.parameter()))
          .with("min_margin", margin)
          .with("r_g", new Numbers(ratios(), tolerances.ratio()))
          .with("load", loads())
          .with("eps_check", epsilonCheck(optimizer.check(settings)));
      steps.add(group);
    }
    return new Items(steps);
  }

  private double[] ratios() {
    double[] ratios = new double[objective.layers()];
    Arrays.setAll(
        ratios,
        l ->
            GradientNormRatio.of(model.statistics(l), objective.loadBalanceCoefficient(l)).ratio());
    return ratios;
  }

  private Items loads() {
    return new Items(
        model.layers().stream()
            .map(l -> new Numbers(l.statistics().load(), Tolerance.EXACT))
            .toList());
  }

  private Group epsilonCheck(List<TensorCheck> checks) {
    Group group = new Group();
    for (TensorCheck check : checks) {
      Tolerance rms = tolerances.gradient();
      Actual overRms =
          check.epsilonOverGradientRms().isPresent()
              ? new Number(check.epsilonOverGradientRms().getAsDouble(), rms)
              : Nothing.NULL;
      Tolerance share = tolerances.share(check.elements());
      group.with(
          check.name(),
          new Group()
              .with("grad_rms", new Number(check.gradientRms(), rms))
              .with("eps_over_rms", overRms)
              .with("frac_below_eps", new Number(check.belowEpsilonShare(), share))
              .with("frac_below_eps_nonzero", new Number(check.belowEpsilonNonzeroShare(), share)));
    }
    return group;
  }

  private Group growth() {
    ModelState grownState = state.stacked(golden.growthFactor());
    Transformer grown = transformer(grownState);
    int layers = grownState.config().layers();
    grown.forward(golden.inputs(0), golden.targets(0));
    grown.refreshStatistics();
    return losses(grown.losses(Objective.uniform(layers, golden.alpha(), golden.lambda())))
        .with("r", new Number(golden.growthFactor(), Tolerance.EXACT))
        .with("L", new Number(layers, Tolerance.EXACT))
        .with("logits_digest", Digest.of(ops.memory().toArray(grown.logits()), tolerances))
        .with("hidden_digest", Digest.of(ops.memory().toArray(grown.hidden()), tolerances))
        .with("sel", selections(grown))
        .with("min_margin", margin(grown));
  }

  private Items selections(Transformer of) {
    List<Items> layers = new ArrayList<>();
    int k = of.shape().routing().topK();
    for (ScMoeLayer layer : of.layers()) {
      int[] selected = ops.memory().toArray(layer.moe().plan().selected());
      List<Numbers> rows = new ArrayList<>();
      for (int at = 0; at < selected.length; at += k) {
        rows.add(Actual.integers(Arrays.copyOfRange(selected, at, at + k)));
      }
      layers.add(new Items(rows));
    }
    return new Items(layers);
  }

  /** Least gap between the K-th and the next score, over tokens and layers. */
  private Number margin(Transformer of) {
    RoutingShape routing = of.shape().routing();
    int experts = routing.experts();
    double margin = Double.POSITIVE_INFINITY;
    if (routing.topK() < experts) {
      for (ScMoeLayer layer : of.layers()) {
        double[] r = ops.memory().toArray(layer.moe().probabilities());
        double[] bias = ops.memory().toArray(layer.moe().bias());
        double[] scores = new double[experts];
        for (int t = 0; t < of.shape().tokens(); t++) {
          for (int i = 0; i < experts; i++) {
            scores[i] = r[t * experts + i] + bias[i];
          }
          Arrays.sort(scores);
          int kth = experts - routing.topK();
          margin = Math.min(margin, scores[kth] - scores[kth - 1]);
        }
      }
    }
    return new Number(margin, tolerances.parameter());
  }

  private enum Kind {
    VALUE,
    GRADIENT
  }

  private Group tensors(Kind kind, Tolerance tolerance) {
    Group group = new Group();
    for (Parameter parameter : state.parameters()) {
      Tensor tensor = kind == Kind.VALUE ? parameter.value() : parameter.gradient();
      group.with(parameter.name(), array(tensor, tensor.shape(), tolerance));
    }
    return group;
  }

  private Items biases(ModelState of, Tolerance tolerance) {
    List<Numbers> rows = new ArrayList<>();
    for (int layer = 0; layer < of.config().layers(); layer++) {
      rows.add(new Numbers(ops.memory().toArray(of.bias(layer)), tolerance));
    }
    return new Items(rows);
  }

  private Array array(Tensor tensor, Shape shape, Tolerance tolerance) {
    return new Array(shape, ops.memory().toArray(tensor), tolerance);
  }
}
