package io.evenkeel.analytics.job.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLaneTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16})
  void shouldGiveEverySlotAsManyRanksWhenSlotsArePowersOfTwo(int slots) {
    for (String run : new String[] {"r", "longcat-7b.2026_01", "another", ""}) {
      for (int worldSize = 8 * slots; worldSize <= 2_048; worldSize *= 2) {
        int[] ranks = new int[slots];
        for (int rank = 0; rank < worldSize; rank++) {
          ranks[
              KeyGroupRangeAssignment.assignKeyToParallelOperator(
                  RunLane.of(run, rank, worldSize), RunLane.KEY_GROUPS, slots)]++;
        }
        assertThat(ranks).as(run).containsOnly(worldSize / slots);
      }
    }
  }
}
