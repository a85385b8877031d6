package io.evenkeel.analytics.job.state;

import io.evenkeel.analytics.signal.StepSum;
import io.evenkeel.contract.run.RunSpec;

/** What a run's merge and judge are fed: its lanes' sums, and what it declares of itself. */
public sealed interface RunInput {

  /** The run. */
  String run();

  /** Some ranks of a step. */
  record Sum(StepSum sum) implements RunInput {
    @Override
    public String run() {
      return sum.key().run();
    }
  }

  /** The run has been deleted: what is known of it is to be forgotten. */
  record Forgotten(String run) implements RunInput {}

  /** A declaration. */
  record Declaration(RunSpec spec) implements RunInput {
    @Override
    public String run() {
      return spec.run();
    }
  }
}
