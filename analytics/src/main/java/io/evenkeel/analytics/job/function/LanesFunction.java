package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.analytics.job.state.RunLane;
import io.evenkeel.analytics.signal.LaneMerge;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Tells every lane that a run may have that the run has been deleted. */
public final class LanesFunction implements FlatMapFunction<RunInput, RunLane> {

  private static final long serialVersionUID = 1L;

  /** Tells. */
  public LanesFunction() {}

  @Override
  public void flatMap(RunInput input, Collector<RunLane> out) {
    if (input instanceof RunInput.Forgotten) {
      for (int lanes = 1; lanes <= LaneMerge.LANES; lanes *= 2) {
        for (int lane = 0; lane < lanes; lane++) {
          out.collect(new RunLane(input.run(), lane, lanes));
        }
      }
    }
  }
}
