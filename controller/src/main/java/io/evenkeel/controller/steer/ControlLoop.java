package io.evenkeel.controller.steer;

import io.evenkeel.contract.command.AlertRequest;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.controller.audit.AuditSink;
import io.evenkeel.controller.audit.AuditTrail;
import io.evenkeel.controller.command.CommandSink;
import io.evenkeel.controller.policy.Policy;
import io.evenkeel.controller.steer.ControlEvent.AckRead;
import io.evenkeel.controller.steer.ControlEvent.AlertRead;
import io.evenkeel.controller.steer.ControlEvent.AuditRead;
import io.evenkeel.controller.steer.ControlEvent.CaughtUp;
import io.evenkeel.controller.steer.ControlEvent.CommandRead;
import io.evenkeel.controller.steer.ControlEvent.OwnershipChanged;
import io.evenkeel.controller.steer.ControlEvent.RequestRead;
import io.evenkeel.controller.steer.ControlEvent.RunRead;
import io.evenkeel.controller.steer.ControlEvent.SignalsRead;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The whole control loop over all runs, without threads of its own: {@link #handle} each event in
 * order, then {@link #settle} when the events at hand are used up. Not thread-safe.
 */
public final class ControlLoop {

  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration FORGET_ENDED = Duration.ofHours(1);

  private final SteerSettings settings;
  private final List<Policy> policies;
  private final String instance;
  private final Clock clock;
  private final CommandSink commands;
  private final AlertSink alerts;
  private final AuditTrail trail;
  private final StateListener listener;
  private final Map<String, RunSteering> runs = new HashMap<>();
  private final Set<String> dirty = new LinkedHashSet<>();
  private final Set<String> announced = new HashSet<>();
  private @Nullable OperatorRequest forAllRuns;
  private Predicate<String> owns = run -> false;
  private long generation = -1;
  private boolean caughtUp;
  private Instant lastTick = Instant.MIN;
  private long auditCounter;

  /**
   * A loop that owns nothing yet.
   *
   * @param settings constants
   * @param policies highest priority first
   * @param instance name of this process, unique over restarts
   * @param clock wall time
   * @param commands where commands go
   * @param alerts where alerts go
   * @param audit where decisions go
   * @param listener who hears of changed settings
   */
  public ControlLoop(
      SteerSettings settings,
      List<Policy> policies,
      String instance,
      Clock clock,
      CommandSink commands,
      AlertSink alerts,
      AuditSink audit,
      StateListener listener) {
    this.settings = settings;
    this.policies = List.copyOf(policies);
    this.instance = instance;
    this.clock = clock;
    this.commands = commands;
    this.alerts = alerts;
    this.trail = new AuditTrail(audit);
    this.listener = listener;
  }

  /** Takes an event in. */
  public void handle(ControlEvent event) {
    switch (event) {
      case SignalsRead read -> {
        String run = read.signals().key().run();
        run(run).state().fold(read.signals());
        dirty.add(run);
      }
      case AlertRead read -> run(read.alert().run()).state().fold(read.alert());
      case RunRead read -> {
        RunSteering run = run(read.spec().run());
        run.state().fold(read.spec());
        run.declared(read.spec().started());
      }
      case CommandRead read -> run(read.command().run()).state().fold(read.command());
      case AckRead read -> {
        RunSteering run = run(read.ack().run());
        if (acts(read.ack().run())) {
          run.acknowledged(read.ack(), clock.instant());
        }
        run.state().fold(read.ack());
      }
      case RequestRead read when read.request().body() instanceof AlertRequest -> {
        // Not steering: controller.notify answers it.
      }
      case RequestRead read -> {
        if (read.request().isForAllRuns()) {
          forAllRuns = read.request();
          runs.forEach((run, steering) -> steering.state().fold(read.request().forRun(run)));
        } else {
          run(read.request().run()).state().fold(read.request());
        }
        lastTick = Instant.MIN;
      }
      case AuditRead read -> {
        if (!read.entry().run().isEmpty()) {
          run(read.entry().run()).state().fold(read.entry());
        }
      }
      case OwnershipChanged change -> {
        owns = change.owns();
        generation = change.generation();
        caughtUp = false;
        announced.clear();
        runs.forEach(
            (run, steering) -> {
              if (!owns.test(run)) {
                steering.release();
              }
            });
      }
      case CaughtUp end -> {
        if (end.generation() == generation) {
          caughtUp = true;
        }
      }
    }
  }

  /** Acts on what the events of late have brought; call at least every 100 ms. */
  public void settle() {
    Instant now = clock.instant();
    if (!now.isBefore(lastTick.plus(TICK)) || lastTick.equals(Instant.MIN)) {
      lastTick = now;
      runs.forEach(
          (run, steering) -> {
            if (acts(run)) {
              if (announced.add(run)) {
                listener.changed(run, steering.state().settings());
              }
              steering.tick(now);
            }
          });
      forgetEnded(now);
    }
    for (String run : dirty) {
      if (acts(run)) {
        run(run).evaluate(now);
      }
    }
    dirty.clear();
  }

  /** Whether this controller may act on a run. */
  private boolean acts(String run) {
    return caughtUp && owns.test(run);
  }

  private void forgetEnded(Instant now) {
    runs.values()
        .removeIf(
            steering -> {
              var spec = steering.state().spec();
              return spec != null
                  && spec.ended() != null
                  && now.isAfter(spec.ended().plus(FORGET_ENDED));
            });
  }

  private RunSteering run(String run) {
    return runs.computeIfAbsent(run, this::begin);
  }

  private RunSteering begin(String id) {
    RunState state = new RunState(id, settings);
    OperatorRequest standing = forAllRuns;
    if (standing != null
        && standing.body() instanceof KillSwitch kill
        && kill.state() == HoldState.HELD) {
      state.fold(standing.forRun(id));
    }
    return new RunSteering(
        state,
        settings,
        policies,
        instance,
        commands,
        alerts,
        trail,
        listener,
        () -> instance + "-" + ++auditCounter);
  }
}
