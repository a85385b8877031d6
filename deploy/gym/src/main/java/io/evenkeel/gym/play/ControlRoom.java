package io.evenkeel.gym.play;

import io.evenkeel.analytics.detect.RuleBook;
import io.evenkeel.analytics.offline.OfflineRun;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.controller.policy.Policy;
import io.evenkeel.controller.steer.ControlEvent;
import io.evenkeel.controller.steer.ControlEvent.SignalsRead;
import io.evenkeel.controller.steer.ControlLoop;
import io.evenkeel.controller.steer.SteerSettings;
import io.evenkeel.gym.scenario.Outage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Analytics and a controller beside one run, and the log between them: what each writes, the others
 * read in order, as they would from Kafka. Used by the thread that trains rank 0 alone.
 */
final class ControlRoom {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final VirtualTime time;
  private final Downlink toTrainer;
  private final OfflineRun analytics;
  private final Outage outage;
  private final Deque<ControlEvent> log = new ArrayDeque<>();

  /** What a controller that takes over reads from the start; empty where none ever does. */
  private final List<ControlEvent> kept = new ArrayList<>();

  /** Of signals it reads the last minute. */
  private final Deque<SignalsRead> minute = new ArrayDeque<>();

  private ControlLoop controller;
  private int controllers;
  private final Map<Long, Command> commands = new HashMap<>();
  private final List<Sample> samples = new ArrayList<>();
  private final List<Raised> alerts = new ArrayList<>();
  private final List<Order> orders = new ArrayList<>();
  private final List<AuditEntry> audit = new ArrayList<>();
  private long tick;

  ControlRoom(String run, VirtualTime time, Downlink toTrainer, Outage outage) {
    this.time = time;
    this.toTrainer = toTrainer;
    this.outage = outage;
    this.analytics = new OfflineRun(run, RuleBook.BUILT_IN, this::derived, this::raised);
    this.controller = controller();
    lead();
  }

  /** A controller that knows nothing. */
  private ControlLoop controller() {
    controllers++;
    return new ControlLoop(
        SteerSettings.startingIn(Mode.AUTO),
        Policy.builtIn(),
        "controller:gym-" + controllers,
        time,
        this::commanded,
        this::raised,
        this::decided,
        (changed, settings) -> {});
  }

  private void lead() {
    controller.handle(new ControlEvent.OwnershipChanged(controllers, owned -> true));
    controller.handle(new ControlEvent.CaughtUp(controllers));
  }

  /** Another process: what it knows it has read. */
  private void takeOver() {
    controller = controller();
    kept.forEach(controller::handle);
    minute.forEach(controller::handle);
    lead();
  }

  /** The run begins, or begins a new incarnation, or ends. */
  void declared(RunSpec spec) {
    analytics.declare(spec);
    log.add(new ControlEvent.RunRead(spec));
    settle();
  }

  /**
   * A step has been trained, and its time has passed.
   *
   * @param trained steps trained before it
   * @param parts what arrived of it, or of earlier ones
   */
  void stepped(long trained, List<StepTelemetry> parts) {
    tick = trained;
    if (outage.endsAt(trained)) {
      takeOver();
    }
    for (StepTelemetry part : parts) {
      analytics.accept(part);
    }
    analytics.advanceTo(time.instant());
    settle();
  }

  /** The trainer has answered a command. */
  void answered(CommandAck ack) {
    Command command = commands.get(ack.position().sequence());
    if (command != null) {
      orders.add(
          new Order(
              ack.incarnation(),
              ack.step(),
              what(command),
              ack.from(),
              ack.to(),
              command.origin(),
              ack.status(),
              command.reason()));
    }
    log.add(new ControlEvent.AckRead(ack));
    settle();
  }

  private static String what(Command command) {
    return switch (command.body()) {
      case SetKnob set -> set.scope().isEmpty() ? set.knob() : set.knob() + "@" + set.scope();
      case RunAction action -> action.action();
      case Lease lease -> "lease";
    };
  }

  private void derived(StepSignals signals) {
    samples.add(Sampling.of(tick, signals));
    log.add(new SignalsRead(signals));
  }

  private void raised(AlertEvent event) {
    alerts.add(new Raised(tick, event));
    log.add(new ControlEvent.AlertRead(event));
  }

  private void commanded(Command command) {
    commands.put(command.position().sequence(), command);
    toTrainer.send(command);
    log.add(new ControlEvent.CommandRead(command));
  }

  private void decided(AuditEntry entry) {
    audit.add(entry);
    log.add(new ControlEvent.AuditRead(entry));
  }

  private void settle() {
    read();
    if (!outage.isAway(tick)) {
      controller.settle();
      read();
    }
  }

  private void read() {
    while (!log.isEmpty()) {
      ControlEvent event = log.removeFirst();
      keep(event);
      if (!outage.isAway(tick)) {
        controller.handle(event);
      }
    }
  }

  private void keep(ControlEvent event) {
    if (outage.equals(Outage.NONE)) {
      return;
    }
    if (!(event instanceof SignalsRead read)) {
      kept.add(event);
      return;
    }
    minute.addLast(read);
    Instant from = time.instant().minus(MINUTE);
    while (minute.getFirst().signals().wallTime().isBefore(from)) {
      minute.removeFirst();
    }
  }

  List<Sample> samples() {
    return samples;
  }

  List<Raised> alerts() {
    return alerts;
  }

  List<Order> orders() {
    return orders;
  }

  List<AuditEntry> audit() {
    return audit;
  }
}
