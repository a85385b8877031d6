package io.evenkeel.analytics.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Lanes and the run together, with every disturbance that the ways between them allow. */
class LaneMergePropertyTest {

  private static final MergePolicy POLICY = new MergePolicy(1_000_000, 64);
  private static final int RANKS = 37;
  private static final long STEPS = 6;

  private final TrainingRun run = TrainingRuns.healthy("r").ranks(RANKS).layers(2).build();

  @Test
  void shouldGiveTheBitsOfAPlainMergeWhateverTheOrderDuplicatesAndHandOvers() {
    List<StepSignals> expected = new ArrayList<>();
    for (long step = 0; step < STEPS; step++) {
      expected.add(SignalMath.signals(run.step(step), SpikeHistory.EMPTY, 0, Instant.EPOCH));
    }
    SeededCases.forEach(40, random -> assertThat(merged(random)).isEqualTo(expected));
  }

  /**
   * Ranks send their steps in order; which rank comes next is chance, and so are repetitions. A
   * part is read where it came in, and its bytes are gone when it has been taken.
   */
  private List<StepSignals> merged(RandomGenerator random) throws IOException, WireException {
    LaneMerge[] lanes = new LaneMerge[LaneMerge.LANES];
    Arrays.setAll(lanes, i -> new LaneMerge());
    MergeProgress progress = new MergeProgress();
    TreeMap<Long, StepSum> waiting = new TreeMap<>();
    List<StepSignals> signals = new ArrayList<>();
    long[] next = new long[RANKS];
    long left = RANKS * STEPS;
    for (long now = 0; left > 0; now++) {
      int rank = random.nextInt(RANKS);
      boolean again = next[rank] > 0 && random.nextInt(5) == 0;
      if (!again && next[rank] == STEPS) {
        continue;
      }
      long step = again ? random.nextLong(next[rank]) : next[rank]++;
      left -= again ? 0 : 1;
      byte[] message = Codecs.STEP_TELEMETRY.encode(run.telemetry(step, rank));
      StepTelemetry part = Codecs.STEP_TELEMETRY_IN_PLACE.decode(message);
      int lane = LaneMerge.of(rank, LaneMerge.lanes(RANKS));
      List<StepSum> sums = new ArrayList<>(lanes[lane].accept(part, now).sums());
      Arrays.fill(message, (byte) 0x55);
      if (random.nextInt(20) == 0) {
        sums.addAll(lanes[lane].takeDue(0, now));
      }
      if (random.nextInt(20) == 0) {
        lanes[lane] = random.nextBoolean() ? lanes[lane].copy() : reread(lanes[lane]);
      }
      for (StepSum sum : sums) {
        if (progress.accept(sum.key(), sum.ranks(), sum.worldSize(), now) == Arrival.KEPT) {
          waiting.merge(sum.key().step(), sum, LaneMergePropertyTest::together);
        }
        for (ReadyStep ready : progress.takeReady(POLICY, 0, now)) {
          StepSum whole = waiting.remove(ready.step());
          signals.add(
              SignalMath.signals(whole, SpikeHistory.EMPTY, progress.lateParts(), Instant.EPOCH));
        }
      }
    }
    return signals;
  }

  @Test
  void shouldNotLetAStepOvertakeAnEarlierOneThatLacksARank() {
    LaneMerge lane = new LaneMerge();
    // Of 37 ranks every fourth goes lane 0; rank 16 leaves step 0 out.
    for (int rank : new int[] {0, 4, 8, 12, 20, 24, 28, 32, 36}) {
      assertThat(lane.accept(run.telemetry(0, rank), 0).sums()).isEmpty();
    }
    for (int rank : new int[] {0, 4, 8, 12, 16, 20, 24, 28, 32}) {
      assertThat(lane.accept(run.telemetry(1, rank), 0).sums()).isEmpty();
    }
    List<StepSum> handedOn = lane.accept(run.telemetry(1, 36), 0).sums();
    assertThat(handedOn).extracting(sum -> sum.key().step()).containsExactly(0L, 1L);
    assertThat(handedOn).extracting(sum -> sum.ranks().cardinality()).containsExactly(9, 10);
    assertThat(lane.nextDue(100)).isEmpty();
  }

  @Test
  void shouldHandOnWhatItHasWhenARankStaysAway() {
    LaneMerge lane = new LaneMerge();
    lane.accept(run.telemetry(0, 0), 5);
    assertThat(lane.nextDue(100)).hasValue(105);
    assertThat(lane.takeDue(100, 104)).isEmpty();
    assertThat(lane.takeDue(100, 105)).singleElement().matches(sum -> sum.ranks().get(0));
    assertThat(lane.accept(run.telemetry(0, 0), 200).arrival()).isEqualTo(Arrival.DUPLICATE);
    assertThat(lane.nextDue(100)).isEmpty();
    // The next rank is gathered anew, and goes at once when it is the last.
    for (int rank : new int[] {4, 8, 12, 16, 20, 24, 28, 32}) {
      assertThat(lane.accept(run.telemetry(0, rank), 210).sums()).isEmpty();
    }
    assertThat(lane.accept(run.telemetry(0, 36), 220).sums())
        .singleElement()
        .matches(sum -> sum.ranks().cardinality() == 9);
  }

  @Test
  void shouldBeBoundedAndPassOnWhatIsTooOldToTell() {
    LaneMerge lane = new LaneMerge();
    int handedOn = 0;
    for (long step = 0; step < 3L * LaneMerge.REMEMBERED_STEPS; step++) {
      handedOn += lane.accept(run.telemetry(step, 0), 0).sums().size();
    }
    assertThat(handedOn).isEqualTo(2 * LaneMerge.REMEMBERED_STEPS);
    assertThat(lane.accept(run.telemetry(0, 0), 0).sums()).hasSize(1);
    assertThat(lane.takeDue(0, 0)).hasSize(LaneMerge.REMEMBERED_STEPS);
  }

  @Test
  void shouldDropAnOldIncarnationWhenANewOneBegins() {
    LaneMerge lane = new LaneMerge();
    lane.accept(run.telemetry(7, 0), 0);
    TrainingRun again = TrainingRuns.healthy("r").incarnation(1).ranks(RANKS).layers(1).build();
    lane.accept(again.telemetry(7, 0), 1);
    assertThat(lane.accept(run.telemetry(8, 0), 2).arrival()).isEqualTo(Arrival.SUPERSEDED);
    assertThat(lane.takeDue(0, 2))
        .singleElement()
        .matches(sum -> sum.key().incarnation() == 1 && sum.key().step() == 7);
  }

  private static StepSum together(StepSum sum, StepSum more) {
    sum.add(more);
    return sum;
  }

  private static LaneMerge reread(LaneMerge lane) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    lane.write(new DataOutputStream(bytes));
    return LaneMerge.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }
}
