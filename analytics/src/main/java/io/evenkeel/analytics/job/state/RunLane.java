package io.evenkeel.analytics.job.state;

import io.evenkeel.analytics.signal.LaneMerge;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * The key of a lane of a run. Its hash puts a run's lanes into key groups that lie evenly apart:
 * where lanes fell where chance would have them, one of two slots would often get ten of sixteen.
 *
 * @param run run id
 * @param lane 0 to {@link LaneMerge#LANES} - 1
 */
public record RunLane(String run, int lane) {

  /** The key groups that this works for; Flink's default up to a parallelism of 85. */
  public static final int KEY_GROUPS = 128;

  /** Runs in one key group differ in their hashes as far as this, or its map would be a list. */
  private static final int VARIANTS = 64;

  private static final int[][] HASHES = hashes();

  /** The lane of a rank. */
  public static RunLane of(String run, int rank) {
    return new RunLane(run, LaneMerge.of(rank));
  }

  @Override
  public int hashCode() {
    int hash = run.hashCode();
    int group = Math.floorMod(hash + lane * (KEY_GROUPS / LaneMerge.LANES), KEY_GROUPS);
    return HASHES[group][Math.floorMod(hash >>> 7, VARIANTS)];
  }

  /** For each key group hashes that Flink assigns to it. */
  private static int[][] hashes() {
    int[][] hashes = new int[KEY_GROUPS][VARIANTS];
    int[] found = new int[KEY_GROUPS];
    int missing = KEY_GROUPS * VARIANTS;
    for (int hash = 0; missing > 0; hash++) {
      int group = KeyGroupRangeAssignment.computeKeyGroupForKeyHash(hash, KEY_GROUPS);
      if (found[group] < VARIANTS) {
        hashes[group][found[group]++] = hash;
        missing--;
      }
    }
    return hashes;
  }

  void write(DataOutput out) throws IOException {
    out.writeUTF(run);
    out.writeByte(lane);
  }

  static RunLane read(DataInput in) throws IOException {
    return new RunLane(in.readUTF(), in.readByte());
  }
}
