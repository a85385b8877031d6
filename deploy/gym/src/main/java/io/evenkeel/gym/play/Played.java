package io.evenkeel.gym.play;

import io.evenkeel.contract.audit.AuditEntry;
import java.util.List;

/**
 * How a run went.
 *
 * @param losses language-model loss of each step, nats, by step; of a step trained twice the last
 * @param heldOutLoss at its end, nats
 * @param samples what analytics saw, in the order trained; empty without a hand
 * @param alerts every event, in order
 * @param orders every command but leases, in order
 * @param audit every decision, in order
 * @param rollBacks roll-backs made
 * @param updatesLost updates skipped, and those that roll-backs took back
 * @param trained steps trained, those rolled back included
 */
public record Played(
    List<Double> losses,
    double heldOutLoss,
    List<Sample> samples,
    List<Raised> alerts,
    List<Order> orders,
    List<AuditEntry> audit,
    int rollBacks,
    long updatesLost,
    long trained) {
  /** Copies. */
  public Played {
    losses = List.copyOf(losses);
    samples = List.copyOf(samples);
    alerts = List.copyOf(alerts);
    orders = List.copyOf(orders);
    audit = List.copyOf(audit);
  }
}
