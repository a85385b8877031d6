package io.evenkeel.trainer.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.SeededCases;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class FaultyDeliveryPropertyTest {
  private static List<Long> deliver(FaultPlan plan, int rank, long steps) {
    FaultyDelivery<Long> delivery = new FaultyDelivery<>(plan, rank);
    List<Long> received = new ArrayList<>();
    for (long step = 0; step < steps; step++) {
      received.addAll(delivery.pass(step, step));
    }
    received.addAll(delivery.rest());
    return received;
  }

  @Test
  void shouldPassEverythingInOrderWithoutFaults() {
    assertThat(deliver(FaultPlan.none(), 0, 10))
        .containsExactlyElementsOf(LongStream.range(0, 10).boxed().toList());
  }

  @Test
  void shouldLoseNothingWhenRecordsAreReorderedAndDoubled() {
    SeededCases.forEach(
        100,
        random -> {
          int window = 2 + random.nextInt(8);
          long from = random.nextInt(30);
          FaultPlan plan =
              new FaultPlan(
                  List.of(
                      new ProcessFault.ReorderedTelemetry(
                          window, new StepRange(from, from + 1 + random.nextInt(30))),
                      new ProcessFault.DuplicatedTelemetry(
                          2, new StepRange(from, from + 1 + random.nextInt(10)))));
          List<Long> received = deliver(plan, 0, 60);
          assertThat(received).containsAll(LongStream.range(0, 60).boxed().toList());
          for (long step = 0; step < 60; step++) {
            assertThat(received.stream().filter(Long.valueOf(step)::equals).count())
                .isEqualTo(plan.copies(step));
          }
          for (int i = 0; i < received.size(); i++) {
            assertThat((double) received.get(i)).isBetween(-1.0, 60.0);
          }
        });
  }

  @Test
  void shouldSendAWindowLastFirst() {
    FaultPlan plan =
        new FaultPlan(List.of(new ProcessFault.ReorderedTelemetry(3, new StepRange(1, 6))));

    assertThat(deliver(plan, 0, 8)).containsExactly(0L, 3L, 2L, 1L, 5L, 4L, 6L, 7L);
  }

  @Test
  void shouldLoseTheMissingRankAloneAndInAGapEveryRank() {
    FaultPlan plan =
        new FaultPlan(
            List.of(
                new ProcessFault.MissingRank(1, new StepRange(2, 4)),
                new ProcessFault.TelemetryGap(new StepRange(5, 6))));

    assertThat(deliver(plan, 0, 7)).containsExactly(0L, 1L, 2L, 3L, 4L, 6L);
    assertThat(deliver(plan, 1, 7)).containsExactly(0L, 1L, 4L, 6L);
  }
}
