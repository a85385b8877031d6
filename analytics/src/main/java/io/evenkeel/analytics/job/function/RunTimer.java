package io.evenkeel.analytics.job.function;

import java.io.IOException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;

/**
 * The one processing-time timer of a key. It is only ever moved forward in time lazily: when it
 * fires too early it is set again, which costs less than moving it with every record.
 */
final class RunTimer {

  private final ValueState<Long> at;

  private RunTimer(ValueState<Long> at) {
    this.at = at;
  }

  static RunTimer open(RuntimeContext context) {
    return new RunTimer(context.getState(new ValueStateDescriptor<>("timer", Types.LONG)));
  }

  /** Sees to it that the timer fires at {@code millis} or earlier. */
  void moveTo(long millis, TimerService timers) throws IOException {
    Long set = at.value();
    if (set != null && set <= millis) {
      return;
    }
    if (set != null) {
      timers.deleteProcessingTimeTimer(set);
    }
    timers.registerProcessingTimeTimer(millis);
    at.update(millis);
  }

  /** The timer has fired: none is set. */
  void fired() {
    at.clear();
  }
}
