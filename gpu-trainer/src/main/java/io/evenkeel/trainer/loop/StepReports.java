package io.evenkeel.trainer.loop;

import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.trainer.fault.FaultPlan;
import io.evenkeel.trainer.fault.FaultyDelivery;
import io.evenkeel.trainer.model.LossTerms;
import io.evenkeel.trainer.telemetry.ProbeResult;
import io.evenkeel.trainer.telemetry.TelemetryBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** What is told of a step: each rank's losses, and its telemetry if anybody listens. */
final class StepReports {
  private static final double NANOS_PER_MILLI = 1e6;

  private final RankTeam team;
  private final TrainingLoop.Timing timing;
  private final List<RankReporter> reporters = new ArrayList<>();
  private final LossTerms[] losses;

  /**
   * Makes one reporter a rank.
   *
   * @param publisher empty: nobody listens
   */
  StepReports(
      String run,
      RankTeam team,
      FaultPlan faults,
      Optional<TelemetryPublisher> publisher,
      TrainingLoop.Timing timing) {
    this.team = team;
    this.timing = timing;
    this.losses = new LossTerms[team.ranks()];
    publisher.ifPresent(to -> team.replicas().forEach(replica -> add(run, replica, faults, to)));
  }

  private void add(String run, Replica replica, FaultPlan faults, TelemetryPublisher to) {
    reporters.add(
        new RankReporter(
            replica,
            new TelemetryBuilder(run, replica.rank(), team.ranks(), replica.model()),
            new FaultyDelivery<StepTelemetry>(faults, replica.rank()),
            to,
            timing.nanoClock(),
            timing.clock()));
  }

  /** Whether anybody is told. */
  StepPlanner.Audience audience() {
    return reporters.isEmpty() ? StepPlanner.Audience.ABSENT : StepPlanner.Audience.PRESENT;
  }

  /** Rank 0's builder, if anybody listens. */
  Optional<TelemetryBuilder> builder() {
    return reporters.stream().findFirst().map(RankReporter::builder);
  }

  /**
   * What each rank does last in a step, on its thread.
   *
   * @param scalars free figures, which rank 0 tells
   * @param probed what rank 0's probe saw; empty when not due
   * @param start of the step, by the monotonic clock of rank 0
   */
  void finish(
      Replica replica,
      StepOrder order,
      Map<String, Double> scalars,
      List<ProbeResult> probed,
      long start) {
    int rank = replica.rank();
    // The loss is on the terminal with or without Evenkeel: reading it is the trainer's own.
    losses[rank] = replica.model().losses(order.objective());
    if (!reporters.isEmpty()) {
      boolean leads = rank == 0;
      reporters
          .get(rank)
          .report(
              new RankReporter.Notes(
                  order,
                  losses[rank],
                  leads ? scalars : Map.of(),
                  leads ? probed : List.of(),
                  workMillis(rank, start)));
    }
  }

  /** A rank's own work at a step, without its waiting for others. */
  private DoubleSupplier workMillis(int rank, long start) {
    long phaseStart = timing.nanoClock().getAsLong();
    return () -> {
      long now = timing.nanoClock().getAsLong();
      long nanos =
          rank == 0 ? now - start - team.waitedNanos() : team.busyNanos(rank) + now - phaseStart;
      return nanos / NANOS_PER_MILLI;
    };
  }

  /** Losses of the step over all ranks, which have equally many tokens. */
  LossTerms meanLosses() {
    double languageModel = 0;
    double loadBalance = 0;
    double hiddenZ = 0;
    double total = 0;
    for (LossTerms rank : losses) {
      languageModel += rank.languageModel() / losses.length;
      loadBalance += rank.loadBalance() / losses.length;
      hiddenZ += rank.hiddenZ() / losses.length;
      total += rank.total() / losses.length;
    }
    return new LossTerms(languageModel, loadBalance, hiddenZ, total);
  }

  /** Of rank 0 in the step, ms. */
  double telemetryMillis() {
    return reporters.isEmpty() ? 0 : reporters.getFirst().telemetryMillis();
  }

  /** Observations of all ranks handed over since the present incarnation began. */
  long observations() {
    return reporters.stream().mapToLong(RankReporter::observations).sum();
  }

  /** Hands over what faults have kept back: at the end of a run. */
  void flush() {
    reporters.forEach(RankReporter::flush);
  }
}
