package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run with one knob, step by step in virtual time: what a policy wants is applied at once. */
final class VirtualRun {
  private final Policy policy;
  private final KnobKey knob;
  private final KnobDeclaration declared;
  private final List<StepView> steps = new ArrayList<>();
  private final Map<KnobKey, LastChange> changes = new HashMap<>();
  private final List<SetKnob> applied = new ArrayList<>();
  private double value;

  VirtualRun(Policy policy, String knob, double minimum, double maximum, double baseline) {
    this.policy = policy;
    this.knob = KnobKey.global(knob);
    this.declared =
        new KnobDeclaration(
            knob, "", minimum, maximum, baseline, baseline, 10, 5, 240, Fallback.HOLD, "");
    this.value = baseline;
  }

  /** A step with this norm and largest activation. */
  Optional<Proposal> step(double norm, double activation) {
    long now = steps.size();
    steps.add(
        new StepView(
            0,
            now,
            Instant.EPOCH,
            1,
            10,
            0.05,
            List.of(0.05),
            Double.NaN,
            List.of(0.01),
            0.5,
            0,
            0,
            2e-4,
            5e-5,
            activation,
            2.5,
            norm,
            0,
            0,
            Map.of(knob, value),
            CommandPosition.NONE));
    List<StepView> window = steps.subList(Math.max(0, steps.size() - 512), steps.size());
    Optional<Proposal> proposal =
        policy.evaluate(
            new RunView(0, window, List.of(), Map.of(knob, declared), changes, List.of()));
    proposal.ifPresent(
        wanted -> {
          SetKnob set = (SetKnob) wanted.change();
          changes.put(
              knob, new LastChange(now, now + 1, value, set.value(), policy.name(), Instant.EPOCH));
          value = set.value();
          applied.add(set);
        });
    return proposal;
  }

  double value() {
    return value;
  }

  List<SetKnob> applied() {
    return applied;
  }

  long now() {
    return steps.size();
  }
}
