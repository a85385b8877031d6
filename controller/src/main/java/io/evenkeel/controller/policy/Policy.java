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

  /**
   * The built-in policies with their default settings, highest priority first: what rescues a run
   * from what has happened, then what removes a cause, and last what keeps a run in trim. An action
   * makes all after it wait for the step; of two changes of one knob the first goes.
   */
  static List<Policy> builtIn() {
    return builtIn(MuDecay.DEFAULT);
  }

  /** The same with a schedule along which mu decays. */
  static List<Policy> builtIn(MuDecay decay) {
    return List.of(
        new SpikeRecoveryPolicy(SpikeRecoveryPolicy.Settings.DEFAULT),
        new LoadBalanceAlphaPolicy(LoadBalanceAlphaPolicy.Settings.DEFAULT),
        new AdamEpsilonPolicy(AdamEpsilonPolicy.Settings.DEFAULT),
        new LearningRateHeatPolicy(LearningRateHeatPolicy.Settings.DEFAULT),
        new HiddenZLambdaPolicy(HiddenZLambdaPolicy.Settings.DEFAULT),
        new ExpertBiasMuPolicy(ExpertBiasMuPolicy.decaying(decay)),
        new GradientClipPolicy(GradientClipPolicy.Settings.DEFAULT));
  }
}
