package io.evenkeel.analytics.signal;

import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepKey;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Which ranks of which steps of a run have arrived, and when a step is ready. Holds no telemetry:
 * the parts are kept elsewhere, by step and rank.
 *
 * <p>Steps become ready in ascending order. A step is ready when all ranks are in, or when it has
 * waited long enough and each missing rank has either passed the step or stood still as long: while
 * a backlog is read, a rank that lags behind is not missing.
 *
 * <p>Mutable, one thread at a time; {@link #copy} is deep. Bounded by the ranks, the steps that
 * wait, and the last {@value #REMEMBERED_STEPS} steps emitted.
 */
public final class MergeProgress {

  /** Ranks of a run that are accepted. */
  public static final int MAX_RANKS = 65_536;

  /** Steps after their emission for which a duplicate is told from a late part. */
  static final int REMEMBERED_STEPS = 128;

  private static final byte FORMAT = 1;
  private static final BitSet NO_RANK = new BitSet();

  /** A step that waits. */
  private record Waiting(long since, int worldSize, BitSet ranks) {
    boolean complete() {
      return ranks.cardinality() >= worldSize;
    }
  }

  private int incarnation = -1;
  private long emittedUpTo = -1;
  private long lateParts;
  private long lastArrivalMillis;
  private SpikeHistory history = SpikeHistory.EMPTY;
  private final TreeMap<Long, Waiting> waiting = new TreeMap<>();
  private final TreeMap<Long, BitSet> emitted = new TreeMap<>();
  private long[] rankSeenMillis = new long[0];
  private long[] rankStep = new long[0];

  /** The progress of a run that has not been seen yet. */
  public MergeProgress() {}

  /** Whether {@code key} begins a newer incarnation: the parts of older ones can be dropped. */
  public boolean supersededBy(ObservationKey key) {
    return key.incarnation() > incarnation;
  }

  /** Whether {@code key} begins a newer incarnation: the sums of older ones can be dropped. */
  public boolean supersededBy(StepKey key) {
    return key.incarnation() > incarnation;
  }

  /**
   * Takes note of a part.
   *
   * @param key identity of the part
   * @param worldSize ranks that report the step
   * @param nowMillis processing time
   * @throws IllegalArgumentException if the rank is {@value #MAX_RANKS} or more
   */
  public Arrival accept(ObservationKey key, int worldSize, long nowMillis) {
    Check.that(worldSize <= MAX_RANKS, "worldSize exceeds " + MAX_RANKS);
    BitSet rank = new BitSet();
    rank.set(key.rank());
    return accept(key.stepKey(), rank, worldSize, nowMillis);
  }

  /**
   * Takes note of several ranks' parts at once. If one of them has been seen while the step waits,
   * none counts: they can no longer be told apart.
   *
   * @param key identity of the step
   * @param ranks at least one
   * @param worldSize ranks that report the step
   * @param nowMillis processing time
   * @throws IllegalArgumentException if the run has more than {@value #MAX_RANKS} ranks
   */
  public Arrival accept(StepKey key, BitSet ranks, int worldSize, long nowMillis) {
    Check.that(worldSize <= MAX_RANKS, "worldSize exceeds " + MAX_RANKS);
    if (key.incarnation() < incarnation) {
      return Arrival.SUPERSEDED;
    }
    if (key.incarnation() > incarnation) {
      restart(key.incarnation());
    }
    lastArrivalMillis = Math.max(lastArrivalMillis, nowMillis);
    ranks.stream().forEach(rank -> noteRank(rank, key.step(), nowMillis));
    if (key.step() <= emittedUpTo) {
      BitSet late = (BitSet) ranks.clone();
      late.andNot(emitted.getOrDefault(key.step(), NO_RANK));
      lateParts += late.cardinality();
      return late.isEmpty() ? Arrival.DUPLICATE : Arrival.LATE;
    }
    Waiting step = waiting.get(key.step());
    if (step == null) {
      step = new Waiting(nowMillis, worldSize, new BitSet());
    } else if (step.ranks().intersects(ranks)) {
      return Arrival.DUPLICATE;
    }
    step.ranks().or(ranks);
    waiting.put(
        key.step(), new Waiting(step.since(), Math.max(step.worldSize(), worldSize), step.ranks()));
    return Arrival.KEPT;
  }

  /**
   * Takes the steps that are ready, in ascending order; each is handed out once.
   *
   * @param policy how long steps wait
   * @param sinceMillis waiting does not count before this, ms: when the job itself was down, say
   * @param nowMillis processing time
   */
  public List<ReadyStep> takeReady(MergePolicy policy, long sinceMillis, long nowMillis) {
    List<ReadyStep> ready = new ArrayList<>(1);
    while (!waiting.isEmpty()) {
      Map.Entry<Long, Waiting> oldest = waiting.firstEntry();
      boolean due =
          oldest.getValue().complete()
              || waiting.size() > policy.maxPendingSteps()
              || giveUpAt(oldest.getKey(), oldest.getValue(), policy, sinceMillis) <= nowMillis;
      if (!due) {
        break;
      }
      waiting.pollFirstEntry();
      emittedUpTo = oldest.getKey();
      emitted.put(oldest.getKey(), oldest.getValue().ranks());
      if (emitted.size() > REMEMBERED_STEPS) {
        emitted.pollFirstEntry();
      }
      ready.add(new ReadyStep(oldest.getKey(), oldest.getValue().ranks()));
    }
    return ready;
  }

  /**
   * When the oldest step that waits is to be looked at again, ms; empty if none waits.
   *
   * @param policy how long steps wait
   * @param sinceMillis waiting does not count before this, ms
   */
  public OptionalLong nextDeadline(MergePolicy policy, long sinceMillis) {
    return waiting.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            giveUpAt(waiting.firstKey(), waiting.firstEntry().getValue(), policy, sinceMillis));
  }

  /** The parts that wait, as steps with their ranks. */
  public List<ReadyStep> pending() {
    return waiting.entrySet().stream()
        .map(entry -> new ReadyStep(entry.getKey(), entry.getValue().ranks()))
        .toList();
  }

  /** Parts that came too late for their step, in this incarnation. */
  public long lateParts() {
    return lateParts;
  }

  /** The losses and gradient norms before the next step. */
  public SpikeHistory history() {
    return history;
  }

  /** Takes note that {@code signals} have been derived. */
  public void derived(StepSignals signals) {
    history = history.with(signals);
  }

  /** When the last part of the current incarnation arrived, ms of processing time. */
  public long lastArrivalMillis() {
    return lastArrivalMillis;
  }

  private void restart(int newIncarnation) {
    incarnation = newIncarnation;
    emittedUpTo = -1;
    lateParts = 0;
    history = SpikeHistory.EMPTY;
    waiting.clear();
    emitted.clear();
    rankSeenMillis = new long[0];
    rankStep = new long[0];
  }

  private void noteRank(int rank, long step, long nowMillis) {
    if (rank >= rankStep.length) {
      int old = rankStep.length;
      rankStep = Arrays.copyOf(rankStep, rank + 1);
      rankSeenMillis = Arrays.copyOf(rankSeenMillis, rank + 1);
      Arrays.fill(rankStep, old, rank + 1, -1);
      Arrays.fill(rankSeenMillis, old, rank + 1, Long.MIN_VALUE / 2);
    }
    if (step > rankStep[rank]) {
      rankStep[rank] = step;
      rankSeenMillis[rank] = nowMillis;
    }
  }

  private long giveUpAt(long step, Waiting waitingStep, MergePolicy policy, long sinceMillis) {
    long deadline = Math.max(waitingStep.since(), sinceMillis) + policy.waitMillis();
    int known = Math.min(waitingStep.worldSize(), rankStep.length);
    for (int rank = waitingStep.ranks().nextClearBit(0);
        rank < known;
        rank = waitingStep.ranks().nextClearBit(rank + 1)) {
      if (rankStep[rank] < step) {
        deadline = Math.max(deadline, rankSeenMillis[rank] + policy.waitMillis());
      }
    }
    return deadline;
  }

  /** A deep copy. */
  public MergeProgress copy() {
    MergeProgress copy = new MergeProgress();
    copy.incarnation = incarnation;
    copy.emittedUpTo = emittedUpTo;
    copy.lateParts = lateParts;
    copy.lastArrivalMillis = lastArrivalMillis;
    copy.history = history;
    waiting.forEach(
        (step, w) ->
            copy.waiting.put(
                step, new Waiting(w.since(), w.worldSize(), (BitSet) w.ranks().clone())));
    emitted.forEach((step, ranks) -> copy.emitted.put(step, (BitSet) ranks.clone()));
    copy.rankSeenMillis = rankSeenMillis.clone();
    copy.rankStep = rankStep.clone();
    return copy;
  }

  /** Writes the progress; {@link #read} reads it back. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    out.writeInt(incarnation);
    out.writeLong(emittedUpTo);
    out.writeLong(lateParts);
    out.writeLong(lastArrivalMillis);
    history.write(out);
    out.writeInt(waiting.size());
    for (Map.Entry<Long, Waiting> entry : waiting.entrySet()) {
      out.writeLong(entry.getKey());
      out.writeLong(entry.getValue().since());
      out.writeInt(entry.getValue().worldSize());
      writeLongs(out, entry.getValue().ranks().toLongArray());
    }
    out.writeInt(emitted.size());
    for (Map.Entry<Long, BitSet> entry : emitted.entrySet()) {
      out.writeLong(entry.getKey());
      writeLongs(out, entry.getValue().toLongArray());
    }
    writeLongs(out, rankSeenMillis);
    writeLongs(out, rankStep);
  }

  /** Reads what {@link #write} wrote. */
  public static MergeProgress read(DataInput in) throws IOException {
    byte format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("merge progress of unknown format " + format);
    }
    MergeProgress progress = new MergeProgress();
    progress.incarnation = in.readInt();
    progress.emittedUpTo = in.readLong();
    progress.lateParts = in.readLong();
    progress.lastArrivalMillis = in.readLong();
    progress.history = SpikeHistory.read(in);
    for (int i = in.readInt(); i > 0; i--) {
      long step = in.readLong();
      long since = in.readLong();
      int worldSize = in.readInt();
      progress.waiting.put(step, new Waiting(since, worldSize, BitSet.valueOf(readLongs(in))));
    }
    for (int i = in.readInt(); i > 0; i--) {
      progress.emitted.put(in.readLong(), BitSet.valueOf(readLongs(in)));
    }
    progress.rankSeenMillis = readLongs(in);
    progress.rankStep = readLongs(in);
    return progress;
  }

  private static void writeLongs(DataOutput out, long[] values) throws IOException {
    out.writeInt(values.length);
    for (long value : values) {
      out.writeLong(value);
    }
  }

  private static long[] readLongs(DataInput in) throws IOException {
    long[] values = new long[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readLong();
    }
    return values;
  }
}
