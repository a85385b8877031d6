package io.evenkeel.analytics.signal;

import io.evenkeel.contract.signal.StepSignals;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What spikes are scored against: the finite values of the steps before.
 *
 * @param losses of the language model, nats
 * @param gradientNorms before clipping
 */
public record SpikeHistory(SampleWindow losses, SampleWindow gradientNorms) {

  /** No step yet. */
  public static final SpikeHistory EMPTY =
      new SpikeHistory(SpikeScore.emptyWindow(), SpikeScore.emptyWindow());

  /** This history with the step of {@code signals} as its newest. */
  public SpikeHistory with(StepSignals signals) {
    Double loss = signals.losses().languageModel();
    Double norm = signals.gradientNorm();
    return new SpikeHistory(
        loss == null ? losses : losses.with(loss),
        norm == null ? gradientNorms : gradientNorms.with(norm));
  }

  void write(DataOutput out) throws IOException {
    losses.write(out);
    gradientNorms.write(out);
  }

  static SpikeHistory read(DataInput in) throws IOException {
    return new SpikeHistory(SampleWindow.read(in), SampleWindow.read(in));
  }
}
