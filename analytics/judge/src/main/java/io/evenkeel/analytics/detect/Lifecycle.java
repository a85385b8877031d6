package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * The life of the incidents of one rule in one scope: inactive, pending (the condition holds, not
 * yet {@code forSteps} of the last {@code ofSteps}), firing, and back. At most one incident is
 * open. One that fires emits FIRING once and RESOLVED once. When a firing incident meets a graver
 * level, it is resolved and a graver one fires at the same step. Immutable.
 *
 * @param phase where the open incident stands
 * @param severity of the open incident
 * @param firstStep first step at which the condition of the open incident held
 * @param clearSteps clear steps in a row
 * @param recent values since the open incident began, as far back as a level looks
 */
public record Lifecycle(
    Phase phase, Severity severity, long firstStep, int clearSteps, SampleWindow recent) {

  /** Where an incident stands. */
  public enum Phase {
    INACTIVE,
    PENDING,
    FIRING
  }

  /**
   * A state that an incident enters.
   *
   * @param state the state
   * @param severity severity
   * @param firstStep first step at which the condition held
   * @param step step of the change
   * @param value the value at that step
   * @param threshold its limit
   * @param reason why
   */
  public record Change(
      AlertState state,
      Severity severity,
      long firstStep,
      long step,
      double value,
      double threshold,
      Reason reason) {}

  /**
   * Where a step leads.
   *
   * @param next the state after it
   * @param changes in order, mostly none
   */
  public record Advance(Lifecycle next, List<Change> changes) {}

  private static final SampleWindow NO_VALUES = SampleWindow.ofCapacity(1);

  /** No incident. */
  public static final Lifecycle INACTIVE =
      new Lifecycle(Phase.INACTIVE, Severity.INFO, 0, 0, NO_VALUES);

  /** Whether an incident is pending or firing. */
  public boolean open() {
    return phase != Phase.INACTIVE;
  }

  /**
   * The state after a step.
   *
   * @param step the step
   * @param judgement what is compared; nothing changes where there is no judgement
   * @param settings thresholds and persistence
   */
  public Advance advance(long step, Judgement judgement, RuleSettings settings) {
    if (Double.isNaN(judgement.value())) {
      return new Advance(this, List.of());
    }
    return switch (phase) {
      case INACTIVE -> begin(step, judgement, settings);
      case PENDING -> await(step, judgement, settings);
      case FIRING -> watch(step, judgement, settings);
    };
  }

  /** The end of the open incident for a reason other than its value; nothing if none is open. */
  public Advance close(long step, Reason reason, RuleSettings settings) {
    return new Advance(
        INACTIVE, open() ? List.of(resolved(step, lastValue(), settings, reason)) : List.of());
  }

  private Advance begin(long step, Judgement judgement, RuleSettings settings) {
    double value = judgement.value();
    if (!settings.counts(value)) {
      return new Advance(this, List.of());
    }
    SampleWindow values = SampleWindow.ofCapacity(settings.ofSteps()).with(value);
    Level met = gravestMet(values, judgement.magnitude(), settings);
    if (met != null) {
      return fire(step, step, value, met, values, List.of());
    }
    Lifecycle next = new Lifecycle(Phase.PENDING, settings.mildest().severity(), step, 0, values);
    return new Advance(
        next,
        List.of(
            new Change(
                AlertState.PENDING,
                next.severity,
                step,
                step,
                value,
                settings.mildest().threshold(),
                Reason.CONDITION)));
  }

  private Advance await(long step, Judgement judgement, RuleSettings settings) {
    double value = judgement.value();
    SampleWindow values = resized(settings).with(value);
    Level met = gravestMet(values, judgement.magnitude(), settings);
    if (met != null) {
      return fire(firstStep, step, value, met, values, List.of());
    }
    for (double recentValue : values.toArray()) {
      if (settings.counts(recentValue)) {
        return new Advance(new Lifecycle(Phase.PENDING, severity, firstStep, 0, values), List.of());
      }
    }
    return new Advance(INACTIVE, List.of(resolved(step, value, settings, Reason.LAPSED)));
  }

  private Advance watch(long step, Judgement judgement, RuleSettings settings) {
    double value = judgement.value();
    SampleWindow values = resized(settings).with(value);
    Level met = gravestMet(values, judgement.magnitude(), settings);
    if (met != null && met.severity().compareTo(severity) > 0) {
      return fire(
          step,
          step,
          value,
          met,
          values,
          List.of(resolved(step, value, settings, Reason.ESCALATED)));
    }
    int clear = value <= settings.clearThreshold() ? clearSteps + 1 : 0;
    if (clear >= settings.clearForSteps()) {
      return new Advance(INACTIVE, List.of(resolved(step, value, settings, Reason.CLEARED)));
    }
    return new Advance(new Lifecycle(Phase.FIRING, severity, firstStep, clear, values), List.of());
  }

  private static Advance fire(
      long firstStep,
      long step,
      double value,
      Level level,
      SampleWindow values,
      List<Change> before) {
    Change firing =
        new Change(
            AlertState.FIRING,
            level.severity(),
            firstStep,
            step,
            value,
            level.peak(),
            Reason.CONDITION);
    return new Advance(
        new Lifecycle(Phase.FIRING, level.severity(), firstStep, 0, values),
        before.isEmpty() ? List.of(firing) : List.of(before.get(0), firing));
  }

  private Change resolved(long step, double value, RuleSettings settings, Reason reason) {
    return new Change(
        AlertState.RESOLVED,
        severity,
        firstStep,
        step,
        value,
        reason == Reason.CLEARED ? settings.clearThreshold() : settings.mildest().threshold(),
        reason);
  }

  private static @org.jspecify.annotations.Nullable Level gravestMet(
      SampleWindow values, double magnitude, RuleSettings settings) {
    double[] recent = values.toArray();
    Level gravest = null;
    for (Level level : settings.levels()) {
      if (level.metBy(recent) || (gravest != null && magnitude > level.peak())) {
        gravest = level;
      }
    }
    return gravest;
  }

  /** The window, as long as the settings ask for now: a rule may have changed meanwhile. */
  private SampleWindow resized(RuleSettings settings) {
    return recent.withCapacity(settings.ofSteps());
  }

  private double lastValue() {
    double[] last = recent.newest(1);
    return last.length == 0 ? Double.NaN : last[0];
  }

  void write(DataOutput out) throws IOException {
    out.writeByte(phase.ordinal());
    out.writeByte(severity.ordinal());
    out.writeLong(firstStep);
    out.writeInt(clearSteps);
    recent.write(out);
  }

  static Lifecycle read(DataInput in) throws IOException {
    return new Lifecycle(
        Phase.values()[in.readByte()],
        Severity.values()[in.readByte()],
        in.readLong(),
        in.readInt(),
        SampleWindow.read(in));
  }
}
