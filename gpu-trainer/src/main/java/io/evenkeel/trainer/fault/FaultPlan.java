package io.evenkeel.trainer.fault;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.model.Initializer;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.model.Objective;
import io.evenkeel.trainer.optim.OptimizerSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * All that goes wrong in a run, asked step by step. Faults of one kind act in the order of the
 * plan. Holds no state: the same step gets the same answer.
 *
 * @param faults in order
 */
public record FaultPlan(List<Fault> faults) {
  private static final FaultPlan NONE = new FaultPlan(List.of());

  /** Copies. */
  public FaultPlan {
    faults = List.copyOf(faults);
  }

  /** Nothing goes wrong. */
  public static FaultPlan none() {
    return NONE;
  }

  /** This plan, then another's faults. */
  public FaultPlan and(FaultPlan other) {
    return new FaultPlan(Stream.concat(faults.stream(), other.faults.stream()).toList());
  }

  /**
   * Checks every fault against the model.
   *
   * @throws FaultException at the first that does not fit
   */
  public void requireFits(ModelConfig model) {
    faults.forEach(fault -> fault.requireFits(model));
  }

  /**
   * Checks that the ranks that faults name exist.
   *
   * @param worldSize number of ranks
   * @throws FaultException at the first that does not
   */
  public void requireRanks(int worldSize) {
    for (Fault fault : faults) {
      int rank =
          switch (fault) {
            case ProcessFault.SlowRank slow -> slow.rank();
            case ProcessFault.MissingRank missing -> missing.rank();
            case Fault other -> 0;
          };
      if (rank >= worldSize) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_RANK,
            "rank",
            "must be less than " + worldSize + ", the number of ranks, not " + rank);
      }
    }
  }

  /** Faults that begin at a step: for the log. */
  public List<Fault> startingAt(long step) {
    return faults.stream().filter(fault -> fault.range().from() == step).toList();
  }

  private <F extends Fault> Stream<F> active(Class<F> kind, long step) {
    return faults.stream()
        .filter(fault -> kind.isInstance(fault) && fault.range().contains(step))
        .map(kind::cast);
  }

  /** The model's constants to build it with. */
  public ModelConfig model(ModelConfig model) {
    ModelConfig faulty = model;
    for (InitialFault fault : initial()) {
      faulty = fault.model(faulty);
    }
    return faulty;
  }

  /** The initialiser to fill it with. */
  public Initializer initializer(Initializer initializer) {
    Initializer faulty = initializer;
    for (InitialFault fault : initial()) {
      faulty = fault.initializer(faulty);
    }
    return faulty;
  }

  List<InitialFault> initial() {
    return active(InitialFault.class, 0).toList();
  }

  /**
   * Moves of the knobs themselves at the start of a step, before commands: {@code
   * move.apply(value)} becomes the knob's value. A move of alpha is one of every layer.
   */
  public List<KnobMove> misSettings(long step) {
    return active(KnobFault.class, step)
        .map(fault -> fault.moveAt(step))
        .flatMap(Optional::stream)
        .toList();
  }

  /**
   * The value that a step computes with.
   *
   * @param inForce the knob's own value
   */
  public double effective(FaultKnob knob, long step, double inForce) {
    if (faults.isEmpty()) {
      return inForce;
    }
    double value = inForce;
    for (Fault fault : faults) {
      if (fault instanceof KnobFault overlay
          && overlay.knob() == knob
          && overlay.mode() == KnobFault.Mode.OVERRIDE
          && overlay.range().contains(step)) {
        value = overlay.overlay(step, value);
      }
    }
    return value;
  }

  /** The loss coefficients that a step computes with. */
  public Objective objective(long step, Objective inForce) {
    if (faults.isEmpty()) {
      return inForce;
    }
    double[] alphas = new double[inForce.layers()];
    Arrays.setAll(alphas, layer -> effective(FaultKnob.ALPHA, step, inForce.alpha(layer)));
    return new Objective(alphas, effective(FaultKnob.LAMBDA, step, inForce.lambda()));
  }

  /** The optimiser's settings that a step computes with; mu is apart: {@link #mu}. */
  public OptimizerSettings optimizer(long step, OptimizerSettings inForce) {
    if (faults.isEmpty()) {
      return inForce;
    }
    double rate = inForce.learningRate();
    return new OptimizerSettings(
        effective(
            FaultKnob.LEARNING_RATE,
            step,
            effective(FaultKnob.LEARNING_RATE_SCALE, step, 1) * rate),
        inForce.beta1(),
        inForce.beta2(),
        effective(FaultKnob.EPSILON, step, inForce.epsilon()),
        effective(FaultKnob.WEIGHT_DECAY, step, inForce.weightDecay()),
        effective(FaultKnob.CLIP, step, inForce.clip()),
        inForce.mu0(),
        inForce.muDecay());
  }

  /** mu that a step updates the selection bias with. */
  public double mu(long step, double inForce) {
    return effective(FaultKnob.MU, step, inForce);
  }

  /** What is wrong with the batches of a step; the last fault of the plan that acts. */
  public Optional<DataFault> data(long step) {
    return active(DataFault.class, step).reduce((earlier, later) -> later);
  }

  List<GradientFault> gradients(long step) {
    return active(GradientFault.class, step).toList();
  }

  List<StateFault> states(long step) {
    return active(StateFault.class, step).toList();
  }

  /** How much longer a step takes a rank, milliseconds; the sum over faults. */
  public long delayMillis(long step, int rank) {
    if (faults.isEmpty()) {
      return 0;
    }
    return active(ProcessFault.SlowRank.class, step)
        .filter(fault -> fault.concerns(rank))
        .mapToLong(ProcessFault.SlowRank::delayMillis)
        .sum();
  }

  /** Whether a rank's telemetry of a step is lost. */
  public boolean withholds(long step, int rank) {
    return Stream.concat(
            active(ProcessFault.MissingRank.class, step),
            active(ProcessFault.TelemetryGap.class, step))
        .anyMatch(fault -> fault.concerns(rank));
  }

  /** How often a record of a step is sent, at least 1. */
  public int copies(long step) {
    return active(ProcessFault.DuplicatedTelemetry.class, step)
        .mapToInt(ProcessFault.DuplicatedTelemetry::copies)
        .max()
        .orElse(1);
  }

  /** Records kept back before they are sent last first; empty: none. */
  public OptionalInt reordering(long step) {
    return active(ProcessFault.ReorderedTelemetry.class, step)
        .mapToInt(ProcessFault.ReorderedTelemetry::window)
        .max();
  }
}
