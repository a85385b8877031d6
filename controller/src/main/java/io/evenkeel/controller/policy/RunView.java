package io.evenkeel.controller.policy;

import io.evenkeel.contract.run.KnobDeclaration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A run as the policies see it.
 *
 * @param firstStep first step of this incarnation
 * @param recent the latest steps of this incarnation, ascending, a bounded window; never empty
 * @param firing incidents that are firing
 * @param knobs declared knobs
 * @param lastChanges latest change of each knob that was changed in this incarnation
 * @param actions actions taken or under way in all incarnations, oldest first
 */
public record RunView(
    long firstStep,
    List<StepView> recent,
    List<FiringAlert> firing,
    Map<KnobKey, KnobDeclaration> knobs,
    Map<KnobKey, LastChange> lastChanges,
    List<PastAction> actions) {

  /** Copies. */
  public RunView {
    recent = List.copyOf(recent);
    firing = List.copyOf(firing);
    knobs = Map.copyOf(knobs);
    lastChanges = Map.copyOf(lastChanges);
    actions = List.copyOf(actions);
    if (recent.isEmpty()) {
      throw new IllegalArgumentException("recent is empty");
    }
  }

  /** The newest step. */
  public StepView latest() {
    return recent.getLast();
  }

  /** A knob's declaration. */
  public Optional<KnobDeclaration> declaration(KnobKey key) {
    return Optional.ofNullable(knobs.get(key));
  }

  /** A knob's latest change. */
  public Optional<LastChange> lastChange(KnobKey key) {
    return Optional.ofNullable(lastChanges.get(key));
  }

  /** The value in force as the trainer reports it; empty if it does not report the knob. */
  public OptionalDouble inForce(KnobKey key) {
    Double value = latest().knobs().get(key);
    return value == null || value.isNaN() ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /**
   * The steps that ran with the knob's present value as far as the controller changed it: none
   * while a change is not acknowledged, all if it was never changed.
   */
  public List<StepView> since(KnobKey key) {
    LastChange last = lastChanges.get(key);
    if (last == null) {
      return recent;
    }
    if (!last.applied()) {
      return List.of();
    }
    int from = recent.size();
    while (from > 0 && recent.get(from - 1).step() >= last.appliedStep()) {
      from--;
    }
    return recent.subList(from, recent.size());
  }

  /** Whether a rule fires in any scope. */
  public boolean isFiring(String rule) {
    return firing.stream().anyMatch(alert -> alert.rule().equals(rule));
  }
}
