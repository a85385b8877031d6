package io.evenkeel.trainer.control;

import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.ErrorId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes commands between steps: checks each against identity, order, expiry and the knob's
 * declaration, applies it or says why not, and keeps the lease. A command that comes twice is
 * applied once and answered alike.
 */
public final class CommandDesk {
  private static final Logger LOG = LoggerFactory.getLogger(CommandDesk.class);
  private static final int ANSWERS_KEPT = 4096;
  private static final String OPERATOR = "operator:";

  private final String run;
  private final KnobBoard board;
  private final RunActions actions;
  private final Duration leaseTime;
  private final Clock clock;
  private final Consumer<CommandAck> acks;
  private final Map<Address, CommandAck> answers = new LinkedHashMap<>();
  private int incarnation;
  private int answering;
  private long highestEpoch;
  private long highestSequence;
  private CommandPosition lastApplied = CommandPosition.NONE;
  private @Nullable Instant leaseUntil;

  /**
   * Makes a desk for a run.
   *
   * @param incarnation the present one
   * @param actions carries out what is not the setting of a knob
   * @param leaseTime how long an applied command holds without a renewal
   * @param clock for expiry and lease
   * @param acks receives every acknowledgement; must not wait
   */
  public CommandDesk(
      String run,
      int incarnation,
      KnobBoard board,
      RunActions actions,
      Duration leaseTime,
      Clock clock,
      Consumer<CommandAck> acks) {
    this.run = run;
    this.incarnation = incarnation;
    this.board = board;
    this.actions = actions;
    this.leaseTime = leaseTime;
    this.clock = clock;
    this.acks = acks;
    if (!board.commanded().isEmpty()) {
      // Values that a command had set before a restart: the controller has a lease's time to come.
      leaseUntil = clock.instant().plus(leaseTime);
    }
  }

  /** Which command an answer is to: a sequence is unique within a run, its incarnation is not. */
  private record Address(int incarnation, CommandPosition position) {
    static Address of(Command command) {
      return new Address(command.incarnation(), command.position());
    }
  }

  /**
   * The run has gone back to a checkpoint within this process. What earlier incarnations were told
   * is not carried out any more; answers given already are given again.
   */
  public void reincarnate(int next) {
    if (next <= incarnation) {
      throw new IllegalArgumentException("incarnation " + next + " does not follow " + incarnation);
    }
    incarnation = next;
  }

  /**
   * Handles what has arrived, before a step, and then looks after the lease.
   *
   * @param step the step about to run
   */
  public void handle(List<Command> commands, long step) {
    for (Command command : commands) {
      handle(command, step);
    }
    watchLease(step);
  }

  private void handle(Command command, long step) {
    if (!command.run().equals(run)) {
      return;
    }
    if (command.body() instanceof Lease lease) {
      renew(command, lease);
      return;
    }
    CommandAck known = answers.get(Address.of(command));
    if (known != null) {
      acks.accept(known);
      return;
    }
    if (command.incarnation() < incarnation && !clock.instant().isBefore(command.expires())) {
      // History of an earlier incarnation, read again after a restart: long settled.
      return;
    }
    // A roll-back begins the next incarnation; its answer belongs to the one that was told.
    answering = incarnation;
    answer(command, decide(command, step));
  }

  private void renew(Command command, Lease lease) {
    if (command.incarnation() == incarnation && command.position().epoch() >= highestEpoch) {
      highestEpoch = command.position().epoch();
      extend(lease.validUntil());
    }
  }

  private void extend(Instant until) {
    if (until.isAfter(clock.instant()) && (leaseUntil == null || until.isAfter(leaseUntil))) {
      leaseUntil = until;
    }
  }

  private void watchLease(long step) {
    if (leaseUntil == null || clock.instant().isBefore(leaseUntil)) {
      return;
    }
    leaseUntil = null;
    List<KnobKey> fallen = board.fallBack(step);
    LOG.warn(
        "The controller's lease has lapsed at step {}; knobs back at their baseline: {}; all others hold.",
        step,
        fallen.isEmpty() ? "none" : fallen);
  }

  private CommandAck decide(Command command, long step) {
    Optional<Refusal> misplaced = misplaced(command);
    if (misplaced.isPresent()) {
      return refused(command, step, misplaced.get());
    }
    highestEpoch = command.position().epoch();
    highestSequence = command.position().sequence();
    Instant now = clock.instant();
    if (!now.isBefore(command.expires())) {
      return ack(
          command,
          AckStatus.EXPIRED,
          step,
          null,
          null,
          new Refusal(ErrorId.COMMAND_EXPIRED, "It expired at " + command.expires() + "."));
    }
    return switch (command.body()) {
      case SetKnob set -> set(command, set, step);
      case RunAction action -> act(command, action, step);
      case Lease lease -> throw new IllegalStateException("leases are not acknowledged");
    };
  }

  /** Wrong incarnation, older epoch, or a sequence that is not newer. */
  private Optional<Refusal> misplaced(Command command) {
    CommandPosition position = command.position();
    if (command.incarnation() != incarnation) {
      return Optional.of(
          new Refusal(
              ErrorId.COMMAND_INCARNATION,
              "It is meant for incarnation "
                  + command.incarnation()
                  + ", this is "
                  + incarnation
                  + "."));
    }
    if (position.epoch() < highestEpoch) {
      return Optional.of(
          new Refusal(
              ErrorId.COMMAND_EPOCH,
              "Epoch " + position.epoch() + " has been replaced by " + highestEpoch + "."));
    }
    if (position.sequence() <= highestSequence) {
      return Optional.of(
          new Refusal(
              ErrorId.COMMAND_SEQUENCE,
              "Sequence " + position.sequence() + " is not newer than " + highestSequence + "."));
    }
    return Optional.empty();
  }

  private CommandAck set(Command command, SetKnob set, long step) {
    Optional<Knob> found = board.find(new KnobKey(set.knob(), set.scope()));
    if (found.isEmpty()) {
      String reason = "There is no " + new KnobKey(set.knob(), set.scope()) + ".";
      return refused(command, step, new Refusal(ErrorId.KNOB_UNKNOWN, reason));
    }
    Knob knob = found.get();
    Optional<Refusal> refusal = knob.refusal(set.value(), step, pace(command));
    if (refusal.isPresent()) {
      return refused(command, step, refusal.get());
    }
    double from = knob.value();
    board.command(knob, set.value(), step);
    applied(command);
    return ack(command, AckStatus.APPLIED, step, from, set.value(), null);
  }

  /** A person may act again at once, a policy waits until it can see what its change has done. */
  private static Knob.Pace pace(Command command) {
    return command.origin().startsWith(OPERATOR) ? Knob.Pace.AT_ONCE : Knob.Pace.COOLED_DOWN;
  }

  private CommandAck act(Command command, RunAction action, long step) {
    if (!actions.offered().contains(action.action())) {
      String reason = "There is no action " + action.action() + ".";
      return refused(command, step, new Refusal(ErrorId.COMMAND_ACTION_UNKNOWN, reason));
    }
    Optional<Refusal> refusal = actions.perform(action, step);
    if (refusal.isPresent()) {
      return refused(command, step, refusal.get());
    }
    applied(command);
    return ack(command, AckStatus.APPLIED, step, null, null, null);
  }

  private void applied(Command command) {
    lastApplied = command.position();
    extend(clock.instant().plus(leaseTime));
  }

  private CommandAck refused(Command command, long step, Refusal refusal) {
    return ack(command, AckStatus.REJECTED, step, null, null, refusal);
  }

  private CommandAck ack(
      Command command,
      AckStatus status,
      long step,
      @Nullable Double from,
      @Nullable Double to,
      @Nullable Refusal refusal) {
    CommandBody body = command.body();
    return new CommandAck(
        run,
        answering,
        command.position(),
        status,
        step,
        body instanceof SetKnob set ? set.knob() : "",
        body instanceof SetKnob set ? set.scope() : "",
        from,
        to,
        refusal == null ? "" : refusal.error().id(),
        refusal == null ? "" : refusal.reason(),
        clock.instant());
  }

  private void answer(Command command, CommandAck ack) {
    if (ack.incarnation() == command.incarnation()) {
      answers.put(Address.of(command), ack);
      if (answers.size() > ANSWERS_KEPT) {
        answers.remove(answers.keySet().iterator().next());
      }
    }
    switch (ack.status()) {
      case APPLIED ->
          LOG.info(
              "Step {}: {}{} ({}, {})",
              ack.step(),
              describe(command.body()),
              ack.to() == null ? "" : " " + ack.from() + " -> " + ack.to(),
              command.origin(),
              command.reason());
      case REJECTED, EXPIRED ->
          LOG.warn("{}: {} ({})", ack.errorId(), ack.reason(), command.origin());
    }
    acks.accept(ack);
  }

  private static String describe(CommandBody body) {
    return switch (body) {
      case SetKnob set -> new KnobKey(set.knob(), set.scope()).toString();
      case RunAction action -> action.action();
      case Lease lease -> "lease";
    };
  }

  /** Position of the last command applied. */
  public CommandPosition lastApplied() {
    return lastApplied;
  }
}
