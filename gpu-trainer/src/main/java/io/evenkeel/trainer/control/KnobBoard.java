package io.evenkeel.trainer.control;

import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.fault.KnobMove;
import io.evenkeel.trainer.model.Objective;
import io.evenkeel.trainer.optim.OptimizerSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongToDoubleFunction;

/**
 * All knobs of a run and their values in force. Setting alpha for the whole model sets it in every
 * layer; a layer can then be set apart.
 */
public final class KnobBoard {
  private static final int CHANGES_AN_HOUR = 240;

  private final TrainerConfig config;
  private final Map<KnobKey, Knob> knobs = new LinkedHashMap<>();

  /**
   * The knobs of a configuration.
   *
   * @param initial values to start from instead of the configuration's, by knob name
   * @throws IllegalArgumentException when an initial value names no knob or lies out of its bounds
   */
  public KnobBoard(TrainerConfig config, Map<String, Double> initial) {
    this.config = config;
    OptimizerSettings optimizer = config.optimizer();
    Map<String, Double> rest = new LinkedHashMap<>(initial);
    declare(Knobs.LOAD_BALANCE_ALPHA, rest, 0, 100, config.alpha(), 10, 5, Fallback.HOLD);
    double alpha = value(Knobs.LOAD_BALANCE_ALPHA);
    for (int layer = 0; layer < config.model().layers(); layer++) {
      add(
          new KnobDeclaration(
              Knobs.LOAD_BALANCE_ALPHA,
              Knobs.layerScope(layer),
              0,
              100,
              alpha,
              config.alpha(),
              10,
              5,
              CHANGES_AN_HOUR,
              Fallback.HOLD,
              ""),
          step -> config.alpha());
    }
    declare(Knobs.EXPERT_BIAS_MU, rest, 0, 1, optimizer.mu0(), 4, 5, Fallback.HOLD);
    declare(Knobs.EXPERT_BIAS_MU_DECAY, rest, 0.5, 1, optimizer.muDecay(), 1.5, 5, Fallback.HOLD);
    declare(Knobs.HIDDEN_Z_LAMBDA, rest, 0, 0.1, config.lambda(), 10, 5, Fallback.HOLD);
    declare(Knobs.ADAM_EPSILON, rest, 1e-20, 1e-2, optimizer.epsilon(), 1e4, 5, Fallback.HOLD);
    declare(Knobs.LEARNING_RATE_SCALE, rest, 1e-3, 10, 1, 10, 5, Fallback.BASELINE);
    // A clip of 0 switches clipping off: only a configuration may do that.
    double leastClip = optimizer.clip() == 0 ? 0 : 1e-3;
    declare(Knobs.GRADIENT_CLIP_NORM, rest, leastClip, 1e6, optimizer.clip(), 10, 5, Fallback.HOLD);
    if (!rest.isEmpty()) {
      throw new IllegalArgumentException("there is no knob " + String.join(", ", rest.keySet()));
    }
  }

  private void declare(
      String knob,
      Map<String, Double> initial,
      double minimum,
      double maximum,
      double baseline,
      double maxFactor,
      int cooldownSteps,
      Fallback fallback) {
    double start = Optional.ofNullable(initial.remove(knob)).orElse(baseline);
    if (!(start >= minimum && start <= maximum)) {
      throw new IllegalArgumentException(
          knob + " must lie in [" + minimum + ", " + maximum + "], not " + start);
    }
    // The schedule of mu decays; every other baseline is constant.
    LongToDoubleFunction schedule =
        knob.equals(Knobs.EXPERT_BIAS_MU) ? config.optimizer()::mu : step -> baseline;
    add(
        new KnobDeclaration(
            knob,
            "",
            minimum,
            maximum,
            start,
            baseline,
            maxFactor,
            cooldownSteps,
            CHANGES_AN_HOUR,
            fallback,
            ""),
        schedule);
  }

  private void add(KnobDeclaration declaration, LongToDoubleFunction baseline) {
    Knob knob = new Knob(declaration, baseline);
    knobs.put(knob.key(), knob);
  }

  /** What the run declares. */
  public List<KnobDeclaration> declarations() {
    return knobs.values().stream().map(Knob::declaration).toList();
  }

  /** The value in force for the whole model. */
  public double value(String knob) {
    return find(KnobKey.global(knob))
        .orElseThrow(() -> new IllegalArgumentException("no knob " + knob))
        .value();
  }

  /** Every value in force; a layer's alpha only where it differs from the whole model's. */
  public List<KnobValue> values() {
    List<KnobValue> values = new ArrayList<>();
    for (Knob knob : knobs.values()) {
      KnobKey key = knob.key();
      if (key.scope().isEmpty() || knob.value() != value(key.knob())) {
        values.add(new KnobValue(key.knob(), key.scope(), knob.value()));
      }
    }
    return values;
  }

  /** Every knob's value, by {@code knob} or {@code knob@scope}: for a checkpoint. */
  public Map<String, Double> snapshot() {
    Map<String, Double> snapshot = new LinkedHashMap<>();
    knobs.forEach((key, knob) -> snapshot.put(snapshotName(key), knob.value()));
    return snapshot;
  }

  /** Names, as in {@link #snapshot}, of the knobs that a command has set and a lease keeps so. */
  public Set<String> commanded() {
    Set<String> commanded = new LinkedHashSet<>();
    knobs.forEach(
        (key, knob) -> {
          if (knob.isCommanded()) {
            commanded.add(snapshotName(key));
          }
        });
    return commanded;
  }

  /**
   * Restores values of a snapshot; a name that is no knob any more is passed over.
   *
   * @param commanded those that a command had set: they fall back unless a lease is renewed
   */
  public void restore(Map<String, Double> snapshot, Set<String> commanded) {
    knobs.forEach(
        (key, knob) -> {
          String name = snapshotName(key);
          Optional.ofNullable(snapshot.get(name)).ifPresent(knob::restore);
          if (commanded.contains(name)) {
            knob.keepCommanded();
          }
        });
  }

  /**
   * Goes back to a step with the run: what a command set stays in force, since it may be why the
   * run goes back; all else becomes what it was.
   */
  public void rollBack(Map<String, Double> snapshot, long step) {
    knobs.forEach(
        (key, knob) -> knob.rollBack(snapshot.getOrDefault(snapshotName(key), knob.value()), step));
  }

  private static String snapshotName(KnobKey key) {
    return key.scope().isEmpty() ? key.knob() : key.knob() + "@" + key.scope();
  }

  /** The loss coefficients in force. */
  public Objective objective() {
    double[] alphas = new double[config.model().layers()];
    for (int layer = 0; layer < alphas.length; layer++) {
      KnobKey key = new KnobKey(Knobs.LOAD_BALANCE_ALPHA, Knobs.layerScope(layer));
      alphas[layer] = find(key).orElseThrow().value();
    }
    return new Objective(alphas, value(Knobs.HIDDEN_Z_LAMBDA));
  }

  /** The optimiser's settings in force at a step. */
  public OptimizerSettings optimizer(long step) {
    OptimizerSettings base = config.optimizer();
    return new OptimizerSettings(
        config.learningRate(step) * value(Knobs.LEARNING_RATE_SCALE),
        base.beta1(),
        base.beta2(),
        value(Knobs.ADAM_EPSILON),
        base.weightDecay(),
        value(Knobs.GRADIENT_CLIP_NORM),
        base.mu0(),
        base.muDecay());
  }

  /** Ends a step: mu decays. */
  public void endStep() {
    Knob mu = find(KnobKey.global(Knobs.EXPERT_BIAS_MU)).orElseThrow();
    mu.restore(mu.value() * value(Knobs.EXPERT_BIAS_MU_DECAY));
  }

  Optional<Knob> find(KnobKey key) {
    return Optional.ofNullable(knobs.get(key));
  }

  /** Sets a knob by command, and with alpha of the whole model that of every layer. */
  void command(Knob knob, double value, long step) {
    knob.command(value, step);
    KnobKey key = knob.key();
    if (key.equals(KnobKey.global(Knobs.LOAD_BALANCE_ALPHA))) {
      knobs.values().stream()
          .filter(k -> k.key().knob().equals(key.knob()) && !k.key().scope().isEmpty())
          .forEach(k -> k.follow(value));
    }
  }

  /**
   * Moves a knob as a mistaken hand would: past its bounds if need be, and without the knob taking
   * it for a command. A move of alpha is one of every layer.
   */
  public void misSet(KnobMove move) {
    knobs.values().stream()
        .filter(knob -> knob.key().knob().equals(move.knob().fullName()))
        .forEach(knob -> knob.restore(move.apply(knob.value())));
  }

  /** Puts every commanded knob to its fallback; returns those whose value changed. */
  List<KnobKey> fallBack(long step) {
    return knobs.values().stream().filter(k -> k.fallBack(step)).map(Knob::key).toList();
  }
}
