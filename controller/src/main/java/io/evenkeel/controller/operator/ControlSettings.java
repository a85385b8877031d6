package io.evenkeel.controller.operator;

import io.evenkeel.contract.command.Hold;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.SetMode;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What people have set for one run: a fold over their accepted requests. */
public final class ControlSettings {

  private Mode mode;
  private final TreeMap<String, Mode> knobModes = new TreeMap<>();
  private final Set<String> held = new HashSet<>();
  private boolean killed;
  private boolean allKilled;
  private String changedBy = "";
  private Instant changedAt = Instant.EPOCH;

  /** Starts with the configured mode. */
  public ControlSettings(Mode initial) {
    this.mode = initial;
  }

  /** Folds an accepted request; requests that set nothing lasting change nothing. */
  public void fold(OperatorRequest request) {
    switch (request.body()) {
      case SetMode set when set.knob().isEmpty() -> {
        mode = set.mode();
        knobModes.clear();
      }
      case SetMode set -> knobModes.put(set.knob(), set.mode());
      case Hold hold -> {
        if (hold.state() == HoldState.HELD) {
          held.add(hold.knob());
        } else {
          held.remove(hold.knob());
        }
      }
      case KillSwitch kill when request.isForAllRuns() ->
          allKilled = kill.state() == HoldState.HELD;
      case KillSwitch kill -> killed = kill.state() == HoldState.HELD;
      default -> {
        return;
      }
    }
    changedBy = request.operator();
    changedAt = request.wallTime();
  }

  /** The run's mode. */
  public Mode mode() {
    return mode;
  }

  /** The mode in force for a knob: its own, or the run's. */
  public Mode mode(String knob) {
    return knobModes.getOrDefault(knob, mode);
  }

  /** Knobs with a mode of their own. */
  public Map<String, Mode> knobModes() {
    return Map.copyOf(knobModes);
  }

  /** Whether a knob is held by hand. */
  public boolean isHeld(String knob) {
    return held.contains(knob);
  }

  /** Knobs held by hand. */
  public Set<String> held() {
    return Set.copyOf(held);
  }

  /** Whether the run's kill switch is on, or that of all runs. */
  public boolean isKilled() {
    return killed || allKilled;
  }

  /** Whether anything may act or propose, so that the trainer's lease is to be renewed. */
  public boolean isSteering() {
    return !isKilled()
        && (mode != Mode.OBSERVE || knobModes.values().stream().anyMatch(m -> m != Mode.OBSERVE));
  }

  /** Who changed something last; empty if nobody. */
  public String changedBy() {
    return changedBy;
  }

  /** When something was changed last. */
  public Instant changedAt() {
    return changedAt;
  }
}
