package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.Lease;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a policy wants done.
 *
 * @param policy the policy's name
 * @param change a knob's new value or an action; never a lease
 * @param reason a sentence for people
 * @param evidence what was measured, and the limits it was held against
 * @param aim by what to judge the effect
 */
public record Proposal(
    String policy, CommandBody change, String reason, Map<String, Double> evidence, Aim aim) {

  /** Validates. */
  public Proposal {
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(change, "change");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(aim, "aim");
    if (change instanceof Lease) {
      throw new IllegalArgumentException("a policy does not propose leases");
    }
    Map<String, Double> all = new LinkedHashMap<>(evidence);
    all.putAll(aim.toEvidence());
    evidence = Map.copyOf(all);
  }
}
