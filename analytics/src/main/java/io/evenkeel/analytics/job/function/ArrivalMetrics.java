package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.signal.Arrival;
import io.evenkeel.contract.signal.StepSignals;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counts what became of parts, and steps that went without all their ranks. */
final class ArrivalMetrics {

  private final Map<Arrival, Counter> arrivals;
  private final Counter partialSteps;

  private ArrivalMetrics(Map<Arrival, Counter> arrivals, Counter partialSteps) {
    this.arrivals = arrivals;
    this.partialSteps = partialSteps;
  }

  static ArrivalMetrics register(MetricGroup group) {
    Map<Arrival, Counter> arrivals = new EnumMap<>(Arrival.class);
    for (Arrival arrival : Arrival.values()) {
      arrivals.put(arrival, group.counter("parts_" + arrival.name().toLowerCase(Locale.ROOT)));
    }
    return new ArrivalMetrics(arrivals, group.counter("steps_partial"));
  }

  void count(Arrival arrival, long parts) {
    Counter counter = arrivals.get(arrival);
    if (counter != null) {
      counter.inc(parts);
    }
  }

  void emitted(StepSignals signals) {
    if (signals.ranksSeen() < signals.worldSize()) {
      partialSteps.inc();
    }
  }
}
