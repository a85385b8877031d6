package io.evenkeel.trainer.fault;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;

/**
 * What becomes of one rank's telemetry on its way: lost, sent twice, or out of order. Keeps fewer
 * than 80 records back.
 *
 * @param <T> a record
 */
public final class FaultyDelivery<T> {
  private final FaultPlan plan;
  private final int rank;
  private final Deque<T> keptBack = new ArrayDeque<>();

  /** For the telemetry of a rank. */
  public FaultyDelivery(FaultPlan plan, int rank) {
    this.plan = plan;
    this.rank = rank;
  }

  /**
   * Takes the record of a step.
   *
   * @return what to send now, in order; may be empty, may hold records of earlier steps
   */
  public List<T> pass(long step, T record) {
    if (plan.faults().isEmpty()) {
      return List.of(record);
    }
    OptionalInt window = plan.reordering(step);
    List<T> send = new ArrayList<>();
    if (window.isEmpty()) {
      send.addAll(rest());
    }
    int copies = plan.withholds(step, rank) ? 0 : plan.copies(step);
    for (int copy = 0; copy < copies; copy++) {
      if (window.isPresent()) {
        keptBack.addFirst(record);
      } else {
        send.add(record);
      }
    }
    if (window.isPresent() && keptBack.size() >= window.getAsInt()) {
      send.addAll(rest());
    }
    return send;
  }

  /** What is still kept back, last first: at the end of a run. */
  public List<T> rest() {
    List<T> rest = List.copyOf(keptBack);
    keptBack.clear();
    return rest;
  }
}
