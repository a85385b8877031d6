package io.evenkeel.analytics.job.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.signal.LaneMerge;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLaneTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16})
  void shouldGiveEverySlotAsManyLanesWhenSlotsArePowersOfTwo(int slots) {
    for (String run : new String[] {"r", "longcat-7b.2026_01", "another", ""}) {
      int[] lanes = new int[slots];
      for (int rank = 0; rank < LaneMerge.LANES; rank++) {
        lanes[
            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                RunLane.of(run, rank), RunLane.KEY_GROUPS, slots)]++;
      }
      assertThat(lanes).as(run).containsOnly(LaneMerge.LANES / slots);
    }
  }
}
