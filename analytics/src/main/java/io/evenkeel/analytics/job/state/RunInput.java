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

  /** A declaration. */
  record Declaration(RunSpec spec) implements RunInput {
    @Override
    public String run() {
      return spec.run();
    }
  }
}
