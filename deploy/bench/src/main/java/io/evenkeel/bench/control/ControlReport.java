package io.evenkeel.bench.control;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What {@code bench control-latency} tells.
 *
 * @param fast at 20 steps a second
 * @param slow with steps of 250 ms
 */
record ControlReport(LoopTimes fast, LoopTimes slow) {

  /** From telemetry published to command applied at 20 steps a second, median. */
  @JsonProperty("p50_ms")
  double p50() {
    return fast.total().p50();
  }

  /** The same: of a hundred, one took longer. */
  @JsonProperty("p99_ms")
  double p99() {
    return fast.total().p99();
  }

  /** Of commands with steps of 250 ms, the share that the next step ran with. */
  @JsonProperty("next_step_share_at_250_ms")
  double nextStepShare() {
    return slow.nextStepShare();
  }

  /** Each pace with all of its figures. */
  @JsonProperty("paces")
  List<LoopTimes> paces() {
    return List.of(fast, slow);
  }
}
