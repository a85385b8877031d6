package io.evenkeel.controller.policy;

import java.util.List;
import java.util.Optional;

/** A control law. Implementations are immutable and pure. */
public interface Policy {

  /** A stable name: origin of commands, actor of audit entries, title of its page in docs/maths. */
  String name();

  /**
   * What should be done now, if anything.
   *
   * @param view the run, whose newest step has not been evaluated before
   */
  Optional<Proposal> evaluate(RunView view);

  /** The built-in policies with their default settings, highest priority first. */
  static List<Policy> builtIn() {
    return List.of(
        new SpikeRecoveryPolicy(SpikeRecoveryPolicy.Settings.DEFAULT),
        new LoadBalanceAlphaPolicy(LoadBalanceAlphaPolicy.Settings.DEFAULT),
        new AdamEpsilonPolicy(AdamEpsilonPolicy.Settings.DEFAULT),
        new HiddenZLambdaPolicy(HiddenZLambdaPolicy.Settings.DEFAULT),
        new ExpertBiasMuPolicy(ExpertBiasMuPolicy.Settings.DEFAULT));
  }
}
