package io.evenkeel.analytics.job.state;

import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;

/** What the detectors of a run are fed: its signals, and what it declares of itself. */
public sealed interface RunInput {

  /** The run. */
  String run();

  /** A step. */
  record Step(StepSignals signals) implements RunInput {
    @Override
    public String run() {
      return signals.key().run();
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
