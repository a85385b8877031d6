package io.evenkeel.bench.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class StepWorkTest {
  @Test
  void shouldCountEveryProductOfTheReferenceConfiguration() throws IOException {
    StepWork work = new StepWork(TrainerBenchCommand.config());

    // By hand, per token and layer: 8 d^2 + 6 dF + d(N+Z) + Ke 3 df, and once dV.
    double linear = 4 * (8 * 128 * 128 + 6 * 128 * 256 + 128 * 24 + 8 / 3.0 * 3 * 128 * 64);
    double forward = 2 * 2048 * (linear + 128 * 256);
    double attention = 4 * 2 * 2 * 2 * 2048 * 64.5 * 128;
    assertThat(work.flop()).isCloseTo(3 * (forward + attention), within(2e-4 * work.flop()));
    assertThat(work.flop()).isBetween(21e9, 22e9);
  }
}
