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
 * @param lane 0 to lanes - 1
 * @param lanes lanes of the run, a power of two; a run whose ranks change may get others
 */
public record RunLane(String run, int lane, int lanes) {

  /** The key groups that this works for; Flink's default up to a parallelism of 85. */
  public static final int KEY_GROUPS = 128;

  /** Runs in one key group differ in their hashes as far as this, or its map would be a list. */
  private static final int VARIANTS = 64;

  private static final int[][] HASHES = hashes();

  /** The lane of a rank. */
  public static RunLane of(String run, int rank, int worldSize) {
    int lanes = LaneMerge.lanes(worldSize);
    return new RunLane(run, LaneMerge.of(rank, lanes), lanes);
  }

  @Override
  public int hashCode() {
    int hash = run.hashCode();
    int group = Math.floorMod(hash + lane * (KEY_GROUPS / lanes), KEY_GROUPS);
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
    out.writeByte(lanes);
  }

  static RunLane read(DataInput in) throws IOException {
    return new RunLane(in.readUTF(), in.readByte(), in.readByte());
  }
}
