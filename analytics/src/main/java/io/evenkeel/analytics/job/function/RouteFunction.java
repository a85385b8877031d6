package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.job.state.RankPart;
import io.evenkeel.analytics.job.state.RawRecord;
import io.evenkeel.analytics.job.state.RunLane;
import io.evenkeel.contract.wire.Receipts;
import io.evenkeel.contract.wire.WireException;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Finds a rank's lane in its telemetry without reading the rest: bytes are shuffled, and read where
 * they are added up. What is no message goes to the dead letters.
 */
public final class RouteFunction extends ProcessFunction<RawRecord, RankPart> {

  private static final long serialVersionUID = 1L;
  private static final byte[] NOTHING = new byte[0];

  /** Routes. */
  public RouteFunction() {}

  @Override
  public void processElement(RawRecord record, Context context, Collector<RankPart> out) {
    byte[] value = record.value() == null ? NOTHING : record.value();
    try {
      Receipts.Sender sender = Receipts.sender(value);
      out.collect(
          new RankPart(RunLane.of(sender.run(), sender.rank(), sender.worldSize()), record));
    } catch (WireException e) {
      long now = context.timerService().currentProcessingTime();
      context.output(DeadLetters.TAG, DeadLetters.unreadable(record, value, e, now));
    }
  }
}
