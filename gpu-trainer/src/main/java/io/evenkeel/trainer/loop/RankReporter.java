package io.evenkeel.trainer.loop;

import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.trainer.fault.FaultyDelivery;
import io.evenkeel.trainer.model.LossTerms;
import io.evenkeel.trainer.optim.OptimizerSettings;
import io.evenkeel.trainer.telemetry.ProbeResult;
import io.evenkeel.trainer.telemetry.StepFigures;
import io.evenkeel.trainer.telemetry.TelemetryBuilder;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Tells what one rank saw of each step. Used by the rank's thread. */
final class RankReporter {
  private static final double NANOS_PER_MILLI = 1e6;

  private final Replica replica;
  private final TelemetryBuilder builder;
  private final FaultyDelivery<StepTelemetry> delivery;
  private final TelemetryPublisher publisher;
  private final LongSupplier nanoClock;
  private final Clock clock;
  private long handOverNanos;
  private int incarnation = -1;
  private long observations;
  private @Nullable StepTelemetry last;

  RankReporter(
      Replica replica,
      TelemetryBuilder builder,
      FaultyDelivery<StepTelemetry> delivery,
      TelemetryPublisher publisher,
      LongSupplier nanoClock,
      Clock clock) {
    this.replica = replica;
    this.builder = builder;
    this.delivery = delivery;
    this.publisher = publisher;
    this.nanoClock = nanoClock;
    this.clock = clock;
  }

  /**
   * What a step's telemetry holds besides the replica's sums.
   *
   * @param order of the step
   * @param losses of this rank
   * @param scalars free figures by name
   * @param probe routers and experts on the probe batch; empty when not due
   * @param stepMillis how long this rank has worked at the step up to now
   */
  record Notes(
      StepOrder order,
      LossTerms losses,
      Map<String, Double> scalars,
      List<ProbeResult> probe,
      DoubleSupplier stepMillis) {}

  /**
   * Builds the step's telemetry and hands it over. What the hand-over itself takes is known only
   * afterwards: the record carries that of the step before.
   */
  void report(Notes notes) {
    replica.telemetry().start();
    StepOrder order = notes.order();
    OptimizerSettings settings = order.settings();
    StepFigures figures =
        new StepFigures(
            order.incarnation(),
            order.step(),
            notes.losses(),
            order.objective(),
            order.method(),
            replica.optimizer().clip(settings),
            replica.optimizer().check(settings),
            order.knobs(),
            order.lastCommand(),
            notes.scalars(),
            notes.probe());
    TelemetryBuilder.Draft draft = builder.draft(figures);
    replica.telemetry().stop();
    long from = nanoClock.getAsLong();
    StepTelemetry told =
        builder.finish(draft, clock.instant(), notes.stepMillis().getAsDouble(), telemetryMillis());
    if (order.incarnation() != incarnation) {
      incarnation = order.incarnation();
      observations = 0;
    }
    delivery.pass(order.step(), told).forEach(this::handOver);
    handOverNanos = nanoClock.getAsLong() - from;
  }

  /** Hands over what a fault has kept back: at the end of a run. */
  void flush() {
    delivery.rest().forEach(this::handOver);
  }

  private void handOver(StepTelemetry told) {
    // A copy follows its original: it is no observation of its own.
    if (told != last) {
      observations++;
      last = told;
    }
    publisher.publish(told);
  }

  /** Observations handed over since the present incarnation began, copies not counted. */
  long observations() {
    return observations;
  }

  /** Of the step so far, ms. */
  double telemetryMillis() {
    return (replica.telemetry().nanos() + handOverNanos) / NANOS_PER_MILLI;
  }

  TelemetryBuilder builder() {
    return builder;
  }
}
