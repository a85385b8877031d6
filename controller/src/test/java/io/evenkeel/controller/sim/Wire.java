package io.evenkeel.controller.sim;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.RequestBody;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.controller.policy.Policy;
import io.evenkeel.controller.steer.ControlEvent;
import io.evenkeel.controller.steer.ControlLoop;
import io.evenkeel.controller.steer.SteerSettings;
import io.evenkeel.testing.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * One run, its controllers, and the log between them, in virtual time. The log is kept in order, as
 * Kafka keeps a partition; what reaches the trainer and what comes back may be lost or doubled on
 * request.
 */
public final class Wire {

  private final FakeClock clock = FakeClock.atNewYear();
  private final SimulatedTrainer trainer;
  private final SplittableRandom chance;
  private final List<ControlEvent> log = new ArrayList<>();
  private final List<Command> commands = new ArrayList<>();
  private final List<AlertEvent> alerts = new ArrayList<>();
  private final List<AuditEntry> audit = new ArrayList<>();
  private final Deque<Command> towardTrainer = new ArrayDeque<>();
  private final List<Member> members = new ArrayList<>();
  private boolean alertsArrive = true;
  private double commandLoss;
  private double duplication;
  private double ackLoss;
  private Duration age = Duration.ZERO;
  private int requestCounter;
  private long generation;

  /** A controller and how far it has read the log. */
  public final class Member {
    private final ControlLoop loop;
    private int read;
    private boolean alive = true;
    private boolean writes = true;

    Member(String name, SteerSettings settings, List<Policy> policies) {
      this.loop =
          new ControlLoop(
              settings,
              policies,
              name,
              clock,
              command -> {
                if (writes) {
                  write(command);
                }
              },
              alert -> {
                if (writes && alertsArrive) {
                  alerts.add(alert);
                  log.add(new ControlEvent.AlertRead(alert));
                }
              },
              entry -> {
                if (writes) {
                  audit.add(entry);
                  log.add(new ControlEvent.AuditRead(entry));
                }
              },
              (run, changed) -> {});
    }

    /** Gains (or loses) the run, having read everything. */
    public Member own(boolean owns) {
      loop.handle(new ControlEvent.OwnershipChanged(++generation, run -> owns));
      if (read == 0) {
        replay();
      }
      read();
      loop.handle(new ControlEvent.CaughtUp(generation));
      settle();
      return this;
    }

    /** Dies without a word. */
    public void kill() {
      alive = false;
    }

    /** Its writes vanish from now on, as with a broker that is away. */
    public void cutOff() {
      writes = false;
    }

    /** Topics are read side by side: each in its order, but in any order among each other. */
    private void replay() {
      Map<Class<?>, List<ControlEvent>> topics = new LinkedHashMap<>();
      for (ControlEvent event : log) {
        topics.computeIfAbsent(event.getClass(), type -> new ArrayList<>()).add(event);
      }
      List<List<ControlEvent>> order = new ArrayList<>(topics.values());
      Collections.shuffle(order, new Random(chance.nextLong()));
      order.forEach(topic -> topic.forEach(loop::handle));
      read = log.size();
    }

    void read() {
      while (read < log.size()) {
        loop.handle(log.get(read++));
      }
    }

    void settle() {
      read();
      loop.settle();
      read();
    }

    void signal(StepSignals signals) {
      loop.handle(new ControlEvent.SignalsRead(signals));
      settle();
    }
  }

  /** A wire to {@code trainer}, with the run declared. */
  public Wire(SimulatedTrainer trainer, long seed) {
    this.trainer = trainer;
    this.chance = new SplittableRandom(seed);
    declare(RunStatus.RUNNING);
  }

  /** Declares the run anew. */
  public void declare(RunStatus status) {
    log.add(new ControlEvent.RunRead(trainer.spec(clock.instant(), status)));
  }

  /** Adds a controller in {@code mode}; it owns nothing yet. */
  public Member join(String name, Mode mode) {
    return join(name, mode, Policy.builtIn());
  }

  /** The same with policies of one's own, highest priority first. */
  public Member join(String name, Mode mode, List<Policy> policies) {
    Member member = new Member(name, SteerSettings.startingIn(mode), policies);
    members.add(member);
    return member;
  }

  /** Loses and doubles messages with these probabilities from now on. */
  public void disturb(double loseCommands, double doubleAny, double loseAcks) {
    commandLoss = loseCommands;
    duplication = doubleAny;
    ackLoss = loseAcks;
  }

  private void write(Command command) {
    commands.add(command);
    log.add(new ControlEvent.CommandRead(command));
    if (chance.nextDouble() >= commandLoss) {
      towardTrainer.add(command);
      if (chance.nextDouble() < duplication) {
        towardTrainer.add(command);
      }
    }
  }

  /** Trains {@code count} steps of {@code stepTime}. */
  public void steps(int count, Duration stepTime) {
    for (int i = 0; i < count; i++) {
      deliver();
      StepSignals signals = trainer.step(clock.instant().minus(age));
      List<Member> alive = members.stream().filter(m -> m.alive).toList();
      alive.forEach(m -> m.signal(signals));
      if (chance.nextDouble() < duplication) {
        alive.forEach(m -> m.signal(signals));
      }
      clock.advance(stepTime);
      alive.forEach(Member::settle);
    }
  }

  /** Lets time pass without a step. */
  public void pass(Duration time) {
    Instant end = clock.instant().plus(time);
    while (clock.instant().isBefore(end)) {
      clock.advance(Duration.ofMillis(50));
      members.stream().filter(m -> m.alive).forEach(Member::settle);
      deliver();
    }
    members.stream().filter(m -> m.alive).forEach(Member::settle);
  }

  private void deliver() {
    while (!towardTrainer.isEmpty()) {
      CommandAck ack = trainer.take(towardTrainer.poll(), clock.instant());
      if (ack != null && chance.nextDouble() >= ackLoss) {
        log.add(new ControlEvent.AckRead(ack));
        if (chance.nextDouble() < duplication) {
          log.add(new ControlEvent.AckRead(ack));
        }
      }
    }
  }

  /** Asks something as an operator; returns the request's id. */
  public String ask(RequestBody body) {
    String id = "r" + ++requestCounter;
    ask(id, body);
    return id;
  }

  /** Asks under an id of one's own. */
  public void ask(String id, RequestBody body) {
    log.add(
        new ControlEvent.RequestRead(
            new OperatorRequest(id, trainer.run(), "ann", clock.instant(), body, "")));
    members.stream().filter(m -> m.alive).forEach(Member::settle);
    clock.advance(Duration.ofMillis(10));
    members.stream().filter(m -> m.alive).forEach(Member::settle);
  }

  /** Signals come so long after their step from now on. */
  public void delay(Duration time) {
    age = time;
  }

  /** Asks for all runs, those to come too; returns the request's id as this run answers it. */
  public String askAll(RequestBody body) {
    String id = "r" + ++requestCounter;
    log.add(
        new ControlEvent.RequestRead(
            new OperatorRequest(id, "", "ann", clock.instant(), body, "")));
    pass(Duration.ofMillis(50));
    return id + "@" + trainer.run();
  }

  /** Something says that it answers for the trainer. */
  public void acknowledge(CommandAck ack) {
    log.add(new ControlEvent.AckRead(ack));
  }

  /** An alert changes its state. */
  public void alert(BuiltInRule rule, AlertState state) {
    log.add(
        new ControlEvent.AlertRead(
            new AlertEvent(
                rule.id() + "-id",
                trainer.run(),
                0,
                rule.id(),
                "run",
                state,
                Severity.WARNING,
                trainer.nextStep(),
                trainer.nextStep(),
                1,
                0.5,
                "",
                Map.of(),
                clock.instant(),
                clock.instant())));
  }

  /** The answer to a request. */
  public List<AuditEntry> answers(String requestId) {
    return audit.stream().filter(e -> e.auditId().equals("request:" + requestId)).toList();
  }

  /** Entries with this decision. */
  public List<AuditEntry> audit(Decision decision) {
    return audit.stream().filter(e -> e.decision() == decision).toList();
  }

  /** What controllers raise is lost on the way from now on. */
  public void loseAlerts() {
    alertsArrive = false;
  }

  /** What controllers raise arrives again. */
  public void keepAlerts() {
    alertsArrive = true;
  }

  /** Alerts that controllers have raised and resolved, repeats included. */
  public List<AlertEvent> alerts() {
    return List.copyOf(alerts);
  }

  /** All entries. */
  public List<AuditEntry> audit() {
    return List.copyOf(audit);
  }

  /** Knob commands written, repeats included. */
  public List<Command> knobCommands() {
    return commands.stream().filter(c -> c.body() instanceof SetKnob).toList();
  }

  /** Leases written. */
  public List<Command> leases() {
    return commands.stream().filter(c -> c.body() instanceof Lease).toList();
  }

  /** The trainer. */
  public SimulatedTrainer trainer() {
    return trainer;
  }

  /** Virtual time. */
  public FakeClock clock() {
    return clock;
  }
}
