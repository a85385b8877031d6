package io.evenkeel.controller.sim;

import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.StepKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A plant that answers to its knobs as the calibration and the harm study found: R_g is
 * proportional to alpha with log-normal noise, experts run out of balance when neither alpha nor mu
 * holds them, activations grow when hot and shrink with lambda. It checks commands as a trainer
 * must: epoch, sequence, expiry, bounds and factor.
 */
public final class SimulatedTrainer {

  /** R_g per unit of alpha, from the calibration (alpha 1.8e-3 gives 0.09). */
  public static final double GAIN = 50;

  private final String run;
  private final SplittableRandom random;
  private final Map<String, KnobDeclaration> declared = new LinkedHashMap<>();
  private final Map<String, Double> knobs = new LinkedHashMap<>();
  private final List<SetKnob> applied = new ArrayList<>();
  private int incarnation;
  private long step;
  private double violation = 0.5;
  private double activation = 25;
  private double heat;
  private double gain = GAIN;
  private double lossOffset;
  private double gradientNorm = 1;
  private final List<RunAction> taken = new ArrayList<>();
  private boolean lying;
  private int ranksSeen = 4;
  private CommandPosition last = CommandPosition.NONE;
  private long highestEpoch;
  private @Nullable Instant leaseUntil;
  private final Map<Long, CommandAck> acks = new LinkedHashMap<>();

  /** A healthy run. */
  public SimulatedTrainer(String run, long seed) {
    this.run = run;
    this.random = new SplittableRandom(seed);
    declare(Knobs.LOAD_BALANCE_ALPHA, 1e-6, 100, 1e-3, 10, 5);
    declare(Knobs.EXPERT_BIAS_MU, 0, 1, 0.02, 2, 10);
    declare(Knobs.HIDDEN_Z_LAMBDA, 0, 1e-2, 1e-5, 10, 10);
    declare(Knobs.ADAM_EPSILON, 1e-16, 1e-2, 1e-8, 100, 10);
  }

  private void declare(
      String knob, double minimum, double maximum, double initial, double factor, int cooldown) {
    declared.put(
        knob,
        new KnobDeclaration(
            knob,
            "",
            minimum,
            maximum,
            initial,
            initial,
            factor,
            cooldown,
            200,
            Fallback.HOLD,
            ""));
    knobs.put(knob, initial);
  }

  /** Starts with another value of a knob, which is its declared baseline too. */
  public SimulatedTrainer with(String knob, double value) {
    KnobDeclaration d = declared.get(knob);
    declare(
        knob, Math.min(value, d.minimum()), d.maximum(), value, d.maxFactor(), d.cooldownSteps());
    return this;
  }

  /** Changes a knob behind the controller's back, as a mis-set schedule does. */
  public void disturb(String knob, double value) {
    knobs.put(knob, value);
  }

  /** R_g per unit of alpha from now on. */
  public void gain(double value) {
    gain = value;
  }

  /** Activations grow by this rate a step unless lambda holds them. */
  public void heat(double rate) {
    heat = rate;
  }

  /** Adds to the loss from now on. */
  public void lossOffset(double nats) {
    lossOffset = nats;
  }

  /** The global gradient norm from now on. */
  public void gradientNorm(double norm) {
    gradientNorm = norm;
  }

  /** Actions taken, in order. */
  public List<RunAction> taken() {
    return List.copyOf(taken);
  }

  /** From now on it says that it applies what it is told, and applies nothing. */
  public void lie() {
    lying = true;
  }

  /** Ranks that report, of four. */
  public void ranks(int seen) {
    ranksSeen = seen;
  }

  /** Restarts from a checkpoint. */
  public void restart(long fromStep) {
    incarnation++;
    step = fromStep;
  }

  /** The declaration. */
  public RunSpec spec(Instant now, RunStatus status) {
    return new RunSpec(
        run,
        incarnation,
        run,
        status,
        now,
        status == RunStatus.RUNNING ? null : now,
        4,
        step,
        0,
        Map.of(),
        Map.of(),
        new MoeShape(1, 4, 0, 2, 2, 4),
        List.copyOf(declared.values()),
        List.of("save_checkpoint", "skip_update"),
        3_000,
        Map.of());
  }

  /** Trains one step and measures it. */
  public StepSignals step(Instant now) {
    double alpha = knobs.get(Knobs.LOAD_BALANCE_ALPHA);
    double mu = knobs.get(Knobs.EXPERT_BIAS_MU);
    double ratio = gain * alpha * Math.exp(0.3 * random.nextGaussian());
    double held = alpha / 3e-4 + mu / 2e-3;
    double drift = 0.4 + 4.5 / (1 + held);
    violation += 0.05 * (drift - violation);
    activation *= Math.exp(heat * (1 - Math.log10(knobs.get(Knobs.HIDDEN_Z_LAMBDA) / 1e-5)));
    double rms = 2e-4 * Math.exp(0.1 * random.nextGaussian());
    double loss = 2 + lossOffset + 0.02 * random.nextGaussian();
    StepSignals signals = signals(now, ratio, rms, loss);
    step++;
    return signals;
  }

  private StepSignals signals(Instant now, double ratio, double rms, double loss) {
    double measured = violation * Math.exp(0.1 * random.nextGaussian());
    double epsilonOverRms = knobs.get(Knobs.ADAM_EPSILON) / rms;
    List<KnobValue> values = new ArrayList<>();
    knobs.forEach((knob, value) -> values.add(new KnobValue(knob, "", value)));
    return new StepSignals(
        new StepKey(run, incarnation, step),
        ranksSeen,
        4,
        now,
        now,
        512,
        new Losses(loss, 1.0, 0.0, loss),
        gradientNorm,
        1.0,
        List.of(layer(ratio, measured)),
        List.of(new ActivationSignals(0, ActivationSite.LAYER_OUT, activation, 0, 1, 1, 3, 0, 0)),
        List.of(new TensorSignals("head", rms, epsilonOverRms, 0, 0, 0, 1_000)),
        ratio,
        ratio,
        null,
        epsilonOverRms,
        0.0,
        null,
        null,
        10,
        0.1,
        0,
        0,
        values,
        last,
        Map.of(),
        0,
        0);
  }

  private LayerSignals layer(double ratio, double measured) {
    double ffn = 2 + 0.1 * random.nextGaussian();
    return new LayerSignals(
        0,
        ratio,
        1.0,
        ratio,
        null,
        GradientMethod.EXACT,
        0.0,
        0.0,
        ExpertLoads.of(256, 256, 256, 256),
        ExpertVector.EMPTY,
        1.0,
        measured,
        0.1,
        0,
        1,
        0.9,
        1,
        0.4,
        0.9,
        ffn,
        0.1,
        Math.abs(ffn - 2) / 2,
        0,
        9,
        3,
        ExpertVector.EMPTY,
        null,
        null,
        null,
        null,
        2.0,
        4);
  }

  /**
   * Takes a command, as a trainer does between two steps.
   *
   * @return what it answers; null for a lease
   */
  public @Nullable CommandAck take(Command command, Instant now) {
    long epoch = command.position().epoch();
    if (command.body() instanceof Lease lease) {
      if (epoch >= highestEpoch) {
        highestEpoch = epoch;
        leaseUntil = lease.validUntil();
      }
      return null;
    }
    CommandAck before = acks.get(command.position().sequence());
    if (before != null && before.position().equals(command.position())) {
      return before;
    }
    CommandAck ack = decide(command, now);
    acks.putIfAbsent(command.position().sequence(), ack);
    return ack;
  }

  private CommandAck decide(Command command, Instant now) {
    if (command.position().epoch() < highestEpoch) {
      return refused(command, AckStatus.REJECTED, ErrorId.COMMAND_EPOCH, now);
    }
    highestEpoch = command.position().epoch();
    if (command.position().sequence() <= last.sequence()) {
      return refused(command, AckStatus.REJECTED, ErrorId.COMMAND_SEQUENCE, now);
    }
    if (command.incarnation() != incarnation) {
      return refused(command, AckStatus.REJECTED, ErrorId.COMMAND_INCARNATION, now);
    }
    if (!now.isBefore(command.expires())) {
      return refused(command, AckStatus.EXPIRED, ErrorId.COMMAND_EXPIRED, now);
    }
    last = command.position();
    if (command.body() instanceof RunAction action) {
      taken.add(action);
    }
    if (!(command.body() instanceof SetKnob set)) {
      return ack(command, AckStatus.APPLIED, "", null, null, now);
    }
    KnobDeclaration knob = declared.get(set.knob());
    if (knob == null || set.value() < knob.minimum() || set.value() > knob.maximum()) {
      return refused(command, AckStatus.REJECTED, ErrorId.KNOB_BOUNDS, now);
    }
    double from = knobs.get(set.knob());
    double factor = Math.max(set.value() / from, from / set.value());
    if (from != 0 && set.value() != 0 && factor > knob.maxFactor() * (1 + 1e-6)) {
      return refused(command, AckStatus.REJECTED, ErrorId.KNOB_FACTOR, now);
    }
    if (!lying) {
      knobs.put(set.knob(), set.value());
      applied.add(set);
    }
    return ack(command, AckStatus.APPLIED, "", from, set.value(), now);
  }

  private CommandAck refused(Command command, AckStatus status, ErrorId id, Instant now) {
    return ack(command, status, id.id(), null, null, now);
  }

  private CommandAck ack(
      Command command,
      AckStatus status,
      String errorId,
      @Nullable Double from,
      @Nullable Double to,
      Instant now) {
    SetKnob set = command.body() instanceof SetKnob knob ? knob : null;
    return new CommandAck(
        run,
        command.incarnation(),
        command.position(),
        status,
        step,
        set == null ? "" : set.knob(),
        set == null ? "" : set.scope(),
        from,
        to,
        errorId,
        errorId.isEmpty() ? "" : "refused",
        now);
  }

  /** A knob's value in force. */
  public double knob(String knob) {
    return knobs.get(knob);
  }

  /** A knob's declaration. */
  public KnobDeclaration declaration(String knob) {
    return declared.get(knob);
  }

  /** R_g without its noise. */
  public double ratio() {
    return gain * knobs.get(Knobs.LOAD_BALANCE_ALPHA);
  }

  /** MaxVio without its noise. */
  public double violation() {
    return violation;
  }

  /** Largest activation. */
  public double activation() {
    return activation;
  }

  /** Changes applied, in order. */
  public List<SetKnob> applied() {
    return List.copyOf(applied);
  }

  /** Last command applied. */
  public CommandPosition last() {
    return last;
  }

  /** Next step. */
  public long nextStep() {
    return step;
  }

  /** Until when the controller is trusted; null if it never was. */
  public @Nullable Instant leaseUntil() {
    return leaseUntil;
  }

  /** Run id. */
  public String run() {
    return run;
  }
}
