package io.evenkeel.analytics.job.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A rank's telemetry on its way to where it is read.
 *
 * @param lane where that is
 * @param record the telemetry, not read yet
 */
public record RankPart(RunLane lane, RawRecord record) {

  void write(DataOutput out) throws IOException {
    lane.write(out);
    record.write(out);
  }

  static RankPart read(DataInput in) throws IOException {
    return new RankPart(RunLane.read(in), RawRecord.read(in));
  }
}
