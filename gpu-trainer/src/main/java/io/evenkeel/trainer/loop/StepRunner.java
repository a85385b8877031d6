package io.evenkeel.trainer.loop;

import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.fault.FaultPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Trains one step over all ranks. The micro-batches of a step are numbered through all ranks: rank
 * r takes those from r*A on, so that the same data make a step however they are spread.
 */
final class StepRunner {
  private final RankTeam team;
  private final LongFunction<Batch> data;
  private final int accumulation;
  private final FaultPlan faults;
  private final LongConsumer pause;
  private final Optional<AllReduce> reduce;

  /**
   * Makes a runner.
   *
   * @param data gives a micro-batch by its index
   * @param accumulation A, micro-batches that each rank takes a step
   * @param faults which ranks are slow
   * @param pause waits so many nanoseconds
   */
  StepRunner(
      RankTeam team,
      LongFunction<Batch> data,
      int accumulation,
      FaultPlan faults,
      LongConsumer pause) {
    this.team = team;
    this.data = data;
    this.accumulation = accumulation;
    this.faults = faults;
    this.pause = pause;
    this.reduce =
        team.ranks() == 1
            ? Optional.empty()
            : Optional.of(new AllReduce(team.ranks(), team.leader().state()));
  }

  /** Micro-batches of a step, over all ranks. */
  int microBatches() {
    return team.ranks() * accumulation;
  }

  /**
   * Trains a step.
   *
   * @param epilogue what each rank does last; its model's sums have been refreshed
   */
  void run(StepOrder order, RankTeam.Task epilogue) {
    boolean alone = microBatches() == 1;
    double share = 1.0 / microBatches();
    team.all(
        replica -> {
          slowDown(replica.rank(), order.step());
          replica.computeGradients(order, batches(order, replica.rank()), share);
          if (!alone) {
            reduce.ifPresent(all -> all.contribute(replica));
            replica.model().refreshStatistics();
          }
        });
    reduce.ifPresent(all -> team.all(all::sum));
    @Nullable StepLoads loads = alone ? null : StepLoads.of(team.replicas());
    team.all(
        replica -> {
          reduce.ifPresent(all -> all.deliver(replica));
          replica.updateWeights(order);
          if (loads == null) {
            replica.updateBiasesFromDevice(order);
            replica.model().refreshStatistics();
          } else {
            replica.updateBiases(order, loads);
          }
          epilogue.run(replica);
        });
  }

  private void slowDown(int rank, long step) {
    long millis = faults.delayMillis(step, rank);
    if (millis > 0) {
      pause.accept(TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  /** A rank's micro-batches of a step. */
  List<Batch> batches(StepOrder order, int rank) {
    List<Batch> batches = new ArrayList<>(accumulation);
    long first = order.batch() * microBatches() + (long) rank * accumulation;
    for (int index = 0; index < accumulation; index++) {
      batches.add(data.apply(first + index));
    }
    return batches;
  }
}
