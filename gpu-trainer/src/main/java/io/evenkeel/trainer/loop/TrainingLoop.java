package io.evenkeel.trainer.loop;

import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.trainer.control.CommandDesk;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.fault.FaultPlan;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.telemetry.ProbeResult;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * Trains from one step to another: rank 0 takes commands and decides, all ranks carry out the same
 * order, each tells what it saw.
 */
public final class TrainingLoop {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final long PAUSE_NANOS = 20_000_000;

  private final Course course;
  private final RankTeam team;
  private final StepRunner runner;
  private final KnobBoard knobs;
  private final FaultPlan faults;
  private final StepPlanner planner;
  private final CommandDesk desk;
  private final RunControls controls;
  private final StepReports reports;
  private final Optional<CommandSubscription> commands;
  private final Checkpointing checkpoints;
  private final Optional<RouterProbe> probe;
  private final Validation validation;
  private final LoopListener listener;
  private final Timing timing;

  /**
   * How a loop keeps time.
   *
   * @param clock wall clock
   * @param nanoClock monotonic nanoseconds
   * @param pause waits so many nanoseconds
   * @param leastStepNanos a shorter step is followed by a pause
   */
  public record Timing(
      Clock clock, LongSupplier nanoClock, LongConsumer pause, long leastStepNanos) {}

  /**
   * How often what is done; every 0 means never.
   *
   * @param accumulation micro-batches that each rank takes a step, at least 1
   * @param checkpointEvery steps between two checkpoints, at least 1
   * @param probeEvery steps between two looks at routers and experts
   * @param exactEvery steps between two exact measurements of R_g
   * @param validationEvery steps between two measurements of the held-out loss
   * @param leaseMillis how long commanded values hold without a renewal of the lease
   */
  public record Course(
      int accumulation,
      int checkpointEvery,
      int probeEvery,
      int exactEvery,
      int validationEvery,
      int leaseMillis) {
    /** Checks the ranges. */
    public Course {
      if (accumulation < 1
          || checkpointEvery < 1
          || probeEvery < 0
          || exactEvery < 0
          || validationEvery < 0
          || leaseMillis < 1) {
        throw new IllegalArgumentException(
            "needs accumulation, checkpointEvery, leaseMillis >= 1 and no negative cadence");
      }
    }
  }

  /**
   * What a loop trains and whom it tells.
   *
   * @param run id
   * @param course cadence of the run
   * @param team the replicas
   * @param data micro-batches
   * @param heldOut the leader's weights with activations for the held-out batches
   * @param validation held-out batches; the first is also the probes'
   * @param knobs in force
   * @param faults what goes wrong on purpose; those of data are the data's own affair
   * @param publisher where telemetry goes; empty: nowhere, and none is measured
   * @param commands where commands come from
   * @param keeper of checkpoints; empty: none are written
   * @param listener told what happens
   */
  public record Parts(
      String run,
      Course course,
      RankTeam team,
      LongFunction<Batch> data,
      Transformer heldOut,
      List<Batch> validation,
      KnobBoard knobs,
      FaultPlan faults,
      Optional<TelemetryPublisher> publisher,
      Optional<CommandSubscription> commands,
      Optional<CheckpointKeeper> keeper,
      LoopListener listener) {
    /** A run in which nothing goes wrong on purpose. */
    public Parts(
        String run,
        Course course,
        RankTeam team,
        LongFunction<Batch> data,
        Transformer heldOut,
        List<Batch> validation,
        KnobBoard knobs,
        Optional<TelemetryPublisher> publisher,
        Optional<CommandSubscription> commands,
        Optional<CheckpointKeeper> keeper,
        LoopListener listener) {
      this(
          run,
          course,
          team,
          data,
          heldOut,
          validation,
          knobs,
          FaultPlan.none(),
          publisher,
          commands,
          keeper,
          listener);
    }
  }

  /** Makes a loop of its parts, to go on from a position. */
  public TrainingLoop(Parts parts, RunPosition from, Timing timing) {
    this.course = parts.course();
    this.team = parts.team();
    this.runner =
        new StepRunner(team, parts.data(), course.accumulation(), parts.faults(), timing.pause());
    this.knobs = parts.knobs();
    this.faults = parts.faults();
    this.reports = new StepReports(parts.run(), team, faults, parts.publisher(), timing);
    this.planner = new StepPlanner(knobs, faults, course.exactEvery(), reports.audience());
    this.commands = parts.commands();
    this.checkpoints =
        new Checkpointing(parts.keeper(), course.checkpointEvery(), timing.nanoClock());
    this.listener = parts.listener();
    this.timing = timing;
    this.validation = new Validation(parts.heldOut(), parts.validation());
    this.probe =
        course.probeEvery() > 0 && parts.publisher().isPresent()
            ? Optional.of(
                new RouterProbe(
                    team.leader().ops(), parts.heldOut(), parts.validation().getFirst()))
            : Optional.empty();
    this.controls = new RunControls(from, parts.keeper(), this::rolledBack);
    this.desk =
        new CommandDesk(
            parts.run(),
            from.incarnation(),
            knobs,
            controls,
            Duration.ofMillis(course.leaseMillis()),
            timing.clock(),
            ack -> {
              parts.publisher().ifPresent(publisher -> publisher.publishAck(ack));
              listener.answered(ack);
            });
  }

  /** The actions that a run offers. */
  public static List<String> actions(Optional<CheckpointKeeper> keeper) {
    return RunControls.offered(keeper);
  }

  /**
   * Trains until a step, or until asked to stop.
   *
   * @return where the run is then
   */
  public RunPosition run(long to, StopRequest stop) {
    boolean trained = false;
    while (controls.position().step() < to && !stop.requested()) {
      long start = timing.nanoClock().getAsLong();
      team.resetTimes();
      team.replicas().forEach(replica -> replica.telemetry().reset());
      planner.misSet(controls.position());
      takeCommands();
      if (controls.pause() == RunControls.Pause.PAUSED) {
        awaitResume(stop);
        continue;
      }
      trainStep(start);
      trained = true;
      checkpoints.stepped(controls.position());
      long spent = timing.nanoClock().getAsLong() - start;
      if (spent < timing.leastStepNanos()) {
        timing.pause().accept(timing.leastStepNanos() - spent);
      }
    }
    reports.flush();
    if (trained) {
      checkpoints.end(controls.position());
    }
    return controls.position();
  }

  /** The held-out loss with the present weights, nats. */
  public double validate() {
    double loss = validation.loss();
    listener.validated(controls.position().step(), loss);
    return loss;
  }

  /** Observations of all ranks handed over since the present incarnation began. */
  public long observations() {
    return reports.observations();
  }

  private void takeCommands() {
    Stopwatch telemetry = team.leader().telemetry();
    telemetry.start();
    commands.ifPresent(
        subscription -> desk.handle(subscription.poll(), controls.position().step()));
    telemetry.stop();
  }

  /** Trains nothing, but hears commands and looks after the lease. */
  private void awaitResume(StopRequest stop) {
    listener.changed(RunStatus.PAUSED, controls.position());
    while (controls.pause() == RunControls.Pause.PAUSED && !stop.requested()) {
      timing.pause().accept(PAUSE_NANOS);
      takeCommands();
    }
    listener.changed(RunStatus.RUNNING, controls.position());
  }

  private void rolledBack(RunPosition position) {
    desk.reincarnate(position.incarnation());
    listener.changed(
        controls.pause() == RunControls.Pause.PAUSED ? RunStatus.PAUSED : RunStatus.RUNNING,
        position);
  }

  /** Warms the code up that measures and describes steps; nothing is trained. */
  public void rehearse() {
    reports
        .builder()
        .ifPresent(
            builder -> {
              StepOrder order = order(List.of());
              Batch batch = runner.batches(order, 0).getFirst();
              Rehearsal.play(team.leader().model(), builder, order, batch);
            });
  }

  private void trainStep(long start) {
    Stopwatch telemetry = team.leader().telemetry();
    long step = controls.position().step();
    faults.startingAt(step).forEach(fault -> listener.faultBegan(step, fault.describe()));
    Map<String, Double> scalars = new HashMap<>();
    if (isTurn(step, course.validationEvery())) {
      scalars.put("validation_loss", validate());
    }
    telemetry.start();
    List<ProbeResult> probed =
        probe.isPresent() && isTurn(step, course.probeEvery()) ? probe.get().look() : List.of();
    telemetry.stop();
    StepOrder order = order(probed);
    checkpoints.tell(scalars);
    runner.run(
        order,
        replica -> {
          if (replica == team.leader() && replica.update() == StepOrder.Update.SKIPPED) {
            scalars.put("update_skipped", 1.0);
          }
          reports.finish(replica, order, scalars, probed, start);
        });
    knobs.endStep();
    controls.stepped();
    listener.stepped(
        new LoopListener.StepResult(
            step,
            reports.meanLosses(),
            (timing.nanoClock().getAsLong() - start) / NANOS_PER_MILLI,
            reports.telemetryMillis(),
            () -> StepRatio.largest(team.replicas(), order.objective())));
  }

  private static boolean isTurn(long step, int every) {
    return every > 0 && step > 0 && step % every == 0;
  }

  private StepOrder order(List<ProbeResult> probed) {
    StepOrder.Detail detail =
        probed.isEmpty() ? StepOrder.Detail.STEP : StepOrder.Detail.STEP_AND_ALIGNMENT;
    return planner.order(controls, detail, desk.lastApplied());
  }
}
