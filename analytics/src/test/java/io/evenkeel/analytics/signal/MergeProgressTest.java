package io.evenkeel.analytics.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.testing.SeededCases;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MergeProgressTest {

  private static final MergePolicy POLICY = new MergePolicy(2_000, 64);

  private MergeProgress progress = new MergeProgress();

  @Test
  void shouldEmitAtOnceWhenAllRanksAreIn() {
    assertThat(accept(0, 5, 0, 2, 0)).isEqualTo(Arrival.KEPT);
    assertThat(ready(0)).isEmpty();
    assertThat(accept(0, 5, 1, 2, 10)).isEqualTo(Arrival.KEPT);
    assertThat(ready(10)).containsExactly(5L);
  }

  @Test
  void shouldGiveUpAMissingRankWhenItStandsStill() {
    accept(0, 5, 0, 2, 0);
    assertThat(progress.nextDeadline(POLICY, 0)).hasValue(2_000);
    assertThat(ready(1_999)).isEmpty();
    assertThat(ready(2_000)).containsExactly(5L);
    assertThat(accept(0, 5, 1, 2, 2_001)).isEqualTo(Arrival.LATE);
    assertThat(progress.lateParts()).isEqualTo(1);
  }

  @Test
  void shouldWaitForALaggingRankWhenItMakesProgress() {
    accept(0, 0, 0, 2, 0);
    accept(0, 0, 1, 2, 0);
    ready(0);
    for (int step = 1; step <= 10; step++) {
      accept(0, step, 0, 2, 0);
    }
    // Rank 1 reads its backlog, a step every 1.5 s.
    for (int step = 1; step <= 10; step++) {
      long now = step * 1_500L;
      assertThat(ready(now)).as("before rank 1 is in").isEmpty();
      accept(0, step, 1, 2, now);
      assertThat(ready(now)).containsExactly((long) step);
    }
    assertThat(progress.lateParts()).isZero();
  }

  @Test
  void shouldNotWaitLongerForARankThatHasPassedTheStep() {
    accept(0, 1, 0, 2, 0);
    accept(0, 2, 1, 2, 1_900);
    assertThat(ready(2_000)).containsExactly(1L);
  }

  @Test
  void shouldNotCountTheTimeThatTheJobWasDown() {
    accept(0, 1, 0, 2, 0);
    assertThat(progress.takeReady(POLICY, 60_000, 60_000)).isEmpty();
    assertThat(progress.nextDeadline(POLICY, 60_000)).hasValue(62_000);
    assertThat(progress.takeReady(POLICY, 60_000, 62_000)).hasSize(1);
  }

  @Test
  void shouldTellDuplicatesFromLatePartsWhenTheStepIsEmitted() {
    accept(0, 1, 0, 2, 0);
    assertThat(accept(0, 1, 0, 2, 1)).isEqualTo(Arrival.DUPLICATE);
    accept(0, 1, 1, 2, 2);
    ready(2);
    assertThat(accept(0, 1, 1, 2, 3)).isEqualTo(Arrival.DUPLICATE);
    assertThat(progress.lateParts()).isZero();
  }

  @Test
  void shouldDropOldStepsWhenANewIncarnationBegins() {
    accept(0, 7, 0, 2, 0);
    assertThat(progress.supersededBy(key(1, 3, 0))).isTrue();
    assertThat(accept(1, 3, 0, 1, 1)).isEqualTo(Arrival.KEPT);
    assertThat(ready(1)).containsExactly(3L);
    assertThat(accept(0, 7, 1, 2, 2)).isEqualTo(Arrival.SUPERSEDED);
    assertThat(progress.pending()).isEmpty();
  }

  @Test
  void shouldLetTheOldestGoWhenTooManyStepsWait() {
    for (int step = 0; step < 65; step++) {
      accept(0, step, 0, 2, 0);
    }
    assertThat(ready(0)).containsExactly(0L);
    assertThat(progress.pending()).hasSize(64);
  }

  @Test
  void shouldRefuseARankBeyondAllReason() {
    assertThatThrownBy(() -> accept(0, 0, 2_000_000_000, Integer.MAX_VALUE, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldEmitEveryStepOnceInOrderWhateverTheArrivalsAndRestarts() throws Exception {
    SeededCases.forEach(
        60,
        generator -> {
          Random random = new Random(generator.nextLong());
          progress = new MergeProgress();
          List<ObservationKey> arrivals = new ArrayList<>();
          for (int step = 0; step < 40; step++) {
            for (int rank = 0; rank < 3; rank++) {
              arrivals.add(key(0, step, rank));
              if (random.nextInt(5) == 0) {
                arrivals.add(key(0, step, rank));
              }
            }
          }
          Collections.shuffle(arrivals, random);
          List<Long> emitted = new ArrayList<>();
          for (ObservationKey arrival : arrivals) {
            progress.accept(arrival, 3, 0);
            emitted.addAll(ready(0));
            progress = random.nextBoolean() ? restored(progress) : progress.copy();
          }
          emitted.addAll(ready(10_000));
          assertThat(emitted).isSorted().doesNotHaveDuplicates();
          assertThat((long) emitted.size()).isLessThanOrEqualTo(40);
          assertThat(emitted.get(emitted.size() - 1)).isEqualTo(39);
          assertThat(progress.pending()).isEmpty();
        });
  }

  private static MergeProgress restored(MergeProgress before) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    before.write(new DataOutputStream(bytes));
    return MergeProgress.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }

  private Arrival accept(int incarnation, long step, int rank, int worldSize, long now) {
    return progress.accept(key(incarnation, step, rank), worldSize, now);
  }

  private List<Long> ready(long now) {
    return progress.takeReady(POLICY, 0, now).stream().map(ReadyStep::step).toList();
  }

  private static ObservationKey key(int incarnation, long step, int rank) {
    return new ObservationKey("r", incarnation, step, rank);
  }
}
