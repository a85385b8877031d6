package io.evenkeel.analytics.signal;

import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the ranks of one lane of a run, so that a run's ranks can be added up in up to {@value
 * #LANES} places at once. A lane hands a step's sum on when all its ranks are in, when it begins to
 * hold others up, or as often as it is asked to; {@link MergeProgress} puts the lanes together and
 * decides when the step is complete.
 *
 * <p>A rank always goes the same lane, and a lane hands steps on in the order in which its ranks
 * pass them: what a rank has sent earlier is never overtaken by what it sends later. A rank of a
 * step is handed on once: duplicates are told for the last {@value #REMEMBERED_STEPS} steps, and
 * beyond these handed on alone, for {@link MergeProgress} to tell.
 *
 * <p>Mutable, one thread at a time; {@link #copy} is deep.
 */
public final class LaneMerge {

  /** Most lanes of a run. */
  public static final int LANES = 16;

  /** Fewer ranks than this in a lane are not worth its sum. */
  private static final int RANKS_A_LANE = 8;

  /** Steps of which a lane knows the ranks that have been. */
  static final int REMEMBERED_STEPS = 128;

  private static final byte FORMAT = 1;

  /** A step as a lane sees it. */
  private static final class LaneStep {
    private final BitSet ranks = new BitSet();
    private int worldSize;
    private long since;

    /** What has not been handed on yet. */
    private @Nullable StepSum sum;

    private boolean complete(int lane, int lanes) {
      return ranks.cardinality() >= (worldSize - lane + lanes - 1) / lanes;
    }
  }

  /**
   * What became of a part.
   *
   * @param arrival whether it counts
   * @param sums sums to hand on, in order
   */
  public record Outcome(Arrival arrival, List<StepSum> sums) {}

  private int incarnation = -1;
  private long lastArrivalMillis;
  private final TreeMap<Long, LaneStep> steps = new TreeMap<>();

  /** Those of {@link #steps} whose sum has not been handed on yet: few, where nobody is missing. */
  private final TreeMap<Long, LaneStep> held = new TreeMap<>();

  /** When the first of {@link #held} was begun, ms. */
  private long heldSince = Long.MAX_VALUE;

  /** A lane that nothing has come along yet. */
  public LaneMerge() {}

  /**
   * The lanes of a run: a power of two that gives each at least {@value #RANKS_A_LANE} ranks.
   *
   * @param worldSize ranks of the run
   */
  public static int lanes(int worldSize) {
    int most = Math.min(LANES, Math.max(1, worldSize / RANKS_A_LANE));
    return Integer.highestOneBit(most);
  }

  /**
   * The lane of a rank.
   *
   * @param rank the rank
   * @param lanes lanes of the run
   */
  public static int of(int rank, int lanes) {
    return Math.floorMod(rank, lanes);
  }

  /**
   * Takes a part. All parts of a lane are of runs with as many lanes.
   *
   * @param nowMillis processing time
   * @throws IllegalArgumentException if the run has more ranks than {@value
   *     MergeProgress#MAX_RANKS}
   */
  public Outcome accept(StepTelemetry part, long nowMillis) {
    ObservationKey key = part.key();
    Check.that(
        part.worldSize() <= MergeProgress.MAX_RANKS,
        "worldSize exceeds " + MergeProgress.MAX_RANKS);
    if (key.incarnation() < incarnation) {
      return new Outcome(Arrival.SUPERSEDED, List.of());
    }
    if (key.incarnation() > incarnation) {
      incarnation = key.incarnation();
      steps.clear();
      held.clear();
      heldSince = Long.MAX_VALUE;
    }
    lastArrivalMillis = Math.max(lastArrivalMillis, nowMillis);
    if (steps.size() >= REMEMBERED_STEPS && key.step() < steps.firstKey()) {
      return new Outcome(Arrival.KEPT, List.of(StepSum.of(part)));
    }
    LaneStep step = steps.computeIfAbsent(key.step(), s -> new LaneStep());
    int lanes = lanes(part.worldSize());
    int index = key.rank() / lanes;
    if (step.ranks.get(index)) {
      return new Outcome(Arrival.DUPLICATE, List.of());
    }
    step.ranks.set(index);
    step.worldSize = Math.max(step.worldSize, part.worldSize());
    if (step.sum == null) {
      step.sum = StepSum.of(part);
      step.since = nowMillis;
      hold(key.step(), step);
    } else {
      step.sum.add(part);
    }
    List<StepSum> ready = new ArrayList<>(1);
    if (step.complete(of(key.rank(), lanes), lanes)) {
      // A rank that is not in an older step yet is late there: the newer one must not overtake it.
      takeUpTo(key.step(), ready);
    }
    while (steps.size() > REMEMBERED_STEPS) {
      takeUpTo(steps.firstKey(), ready);
      steps.pollFirstEntry();
    }
    return new Outcome(Arrival.KEPT, ready);
  }

  private void hold(long number, LaneStep step) {
    held.put(number, step);
    heldSince = Math.min(heldSince, step.since);
  }

  private void takeUpTo(long last, List<StepSum> into) {
    Map<Long, LaneStep> taken = held.headMap(last, true);
    if (taken.isEmpty()) {
      return;
    }
    for (LaneStep step : taken.values()) {
      if (step.sum != null) {
        into.add(step.sum);
        step.sum = null;
      }
    }
    taken.clear();
    heldSince = Long.MAX_VALUE;
    held.values().forEach(step -> heldSince = Math.min(heldSince, step.since));
  }

  /**
   * Takes the sums that have been held for {@code gatherMillis} though ranks are missing, and those
   * of older steps, in order.
   */
  public List<StepSum> takeDue(long gatherMillis, long nowMillis) {
    List<StepSum> due = new ArrayList<>();
    for (Map.Entry<Long, LaneStep> entry : held.descendingMap().entrySet()) {
      if (entry.getValue().since + gatherMillis <= nowMillis) {
        takeUpTo(entry.getKey(), due);
        break;
      }
    }
    return due;
  }

  /** When {@link #takeDue} has something, ms; empty if no sum is held. */
  public OptionalLong nextDue(long gatherMillis) {
    return held.isEmpty() ? OptionalLong.empty() : OptionalLong.of(heldSince + gatherMillis);
  }

  /** When the last part of the current incarnation arrived, ms of processing time. */
  public long lastArrivalMillis() {
    return lastArrivalMillis;
  }

  /** A deep copy. */
  public LaneMerge copy() {
    LaneMerge copy = new LaneMerge();
    copy.incarnation = incarnation;
    copy.lastArrivalMillis = lastArrivalMillis;
    steps.forEach(
        (number, step) -> {
          LaneStep other = new LaneStep();
          other.ranks.or(step.ranks);
          other.worldSize = step.worldSize;
          other.since = step.since;
          other.sum = step.sum == null ? null : step.sum.copy();
          copy.remember(number, other);
        });
    return copy;
  }

  private void remember(long number, LaneStep step) {
    steps.put(number, step);
    if (step.sum != null) {
      hold(number, step);
    }
  }

  /** Writes the lane; {@link #read} reads it back. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    out.writeInt(incarnation);
    out.writeLong(lastArrivalMillis);
    out.writeInt(steps.size());
    for (Map.Entry<Long, LaneStep> entry : steps.entrySet()) {
      LaneStep step = entry.getValue();
      out.writeLong(entry.getKey());
      out.writeInt(step.worldSize);
      out.writeLong(step.since);
      byte[] ranks = step.ranks.toByteArray();
      out.writeShort(ranks.length);
      out.write(ranks);
      out.writeBoolean(step.sum != null);
      if (step.sum != null) {
        step.sum.write(out);
      }
    }
  }

  /** Reads what {@link #write} wrote. */
  public static LaneMerge read(DataInput in) throws IOException {
    byte format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("a lane of unknown format " + format);
    }
    LaneMerge lane = new LaneMerge();
    lane.incarnation = in.readInt();
    lane.lastArrivalMillis = in.readLong();
    for (int left = in.readInt(); left > 0; left--) {
      long number = in.readLong();
      LaneStep step = new LaneStep();
      step.worldSize = in.readInt();
      step.since = in.readLong();
      byte[] ranks = new byte[in.readUnsignedShort()];
      in.readFully(ranks);
      step.ranks.or(BitSet.valueOf(ranks));
      step.sum = in.readBoolean() ? StepSum.read(in) : null;
      lane.remember(number, step);
    }
    return lane;
  }
}
