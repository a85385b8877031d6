package io.evenkeel.controller.command;

import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.controller.policy.KnobKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends one run's commands: claims the epoch, gives sequences, repeats a command unchanged until it
 * is acknowledged or expires, and renews the lease.
 */
public final class CommandDispatch {

  private static final Duration RETRY = Duration.ofMillis(1_000);
  private static final Duration LEAST_EXPIRY = Duration.ofSeconds(10);
  private static final int EXPIRY_STEPS = 5;

  /**
   * What the trainer must still be told after the expiry passed: nothing, but time for its answer.
   */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final String run;
  private final CommandLedger ledger;
  private final Leadership leadership;
  private final CommandSink sink;
  private final Map<Long, Instant> lastSent = new HashMap<>();
  private Instant leaseSent = Instant.MIN;

  /** Dispatches for {@code run} by {@code ledger}. */
  public CommandDispatch(
      String run, CommandLedger ledger, Leadership leadership, CommandSink sink) {
    this.run = run;
    this.ledger = ledger;
    this.leadership = leadership;
    this.sink = sink;
  }

  /** The epoch held; empty while this controller does not lead the run. */
  public OptionalLong epoch() {
    return leadership.held(ledger);
  }

  /** Stops leading. */
  public void release() {
    leadership.release();
    lastSent.clear();
    leaseSent = Instant.MIN;
  }

  /**
   * Claims the epoch unless it is held.
   *
   * @param leaseUntil what the claim promises; no later than {@code now} promises nothing
   */
  public void claim(int incarnation, Instant now, Instant leaseUntil) {
    leadership
        .claim(ledger, now)
        .ifPresent(epoch -> sink.send(lease(incarnation, epoch, now, leaseUntil)));
  }

  /** Renews the lease when a third of it has passed. */
  public void renew(int incarnation, Instant now, Duration leaseTime) {
    OptionalLong epoch = epoch();
    if (epoch.isEmpty() || now.isBefore(leaseSent.plus(leaseTime.dividedBy(3)))) {
      return;
    }
    leaseSent = now;
    sink.send(lease(incarnation, epoch.getAsLong(), now, now.plus(leaseTime)));
  }

  private Command lease(int incarnation, long epoch, Instant now, Instant until) {
    return new Command(
        run,
        incarnation,
        new CommandPosition(epoch, 0),
        now,
        until.isAfter(now) ? until : now.plusMillis(1),
        0,
        new Lease(until),
        leadership.instance(),
        "");
  }

  /**
   * Sends a new command.
   *
   * @param stepTimeMillis how long a step takes: a command lives for several
   * @throws IllegalStateException if this controller does not lead the run
   */
  public Command dispatch(
      int incarnation,
      long issuedStep,
      double stepTimeMillis,
      CommandBody body,
      String origin,
      String reason,
      Instant now) {
    long epoch = epoch().orElseThrow(() -> new IllegalStateException("not leading " + run));
    long steps = (long) (EXPIRY_STEPS * Math.clamp(stepTimeMillis, 0, 600_000));
    Duration life = Duration.ofMillis(Math.max(LEAST_EXPIRY.toMillis(), steps));
    Command command =
        new Command(
            run,
            incarnation,
            new CommandPosition(epoch, ledger.nextSequence()),
            now,
            now.plus(life),
            issuedStep,
            body,
            origin,
            reason);
    ledger.fold(command);
    lastSent.put(command.position().sequence(), now);
    sink.send(command);
    return command;
  }

  /**
   * Repeats what is due, and gives up what is out of time.
   *
   * <p>Only commands of the epoch held are repeated. One of a former leader is in the log before
   * our claim, so the trainer reads it before it learns of our epoch; repeated under our epoch it
   * could be applied twice, and under the former one it would be refused.
   *
   * @return commands that ran out of time just now
   */
  public List<Command> tend(Instant now) {
    List<Command> expired = new ArrayList<>();
    OptionalLong epoch = epoch();
    for (TrackedCommand waiting : ledger.unanswered()) {
      Command command = waiting.command();
      long sequence = command.position().sequence();
      if (now.isAfter(command.expires().plus(GRACE))) {
        ledger.foldExpired(sequence);
        lastSent.remove(sequence);
        expired.add(command);
      } else if (waiting.waits(now)
          && epoch.isPresent()
          && epoch.getAsLong() == command.position().epoch()
          && !now.isBefore(lastSent.getOrDefault(sequence, command.issued()).plus(RETRY))) {
        lastSent.put(sequence, now);
        sink.send(command);
      }
    }
    lastSent
        .keySet()
        .removeIf(sequence -> ledger.find(sequence).filter(t -> t.status() == null).isEmpty());
    return expired;
  }

  /**
   * Gives up what waits, since the run has ended: nothing is repeated any more, and what was on its
   * way has a moment to arrive.
   *
   * @param ended when the run ended; null if it has not said
   * @return commands that nobody will answer
   */
  public List<Command> abandon(Instant now, @Nullable Instant ended) {
    List<Command> abandoned = new ArrayList<>();
    for (TrackedCommand waiting : ledger.unanswered()) {
      Command command = waiting.command();
      Instant last = ended == null || ended.isAfter(command.expires()) ? command.expires() : ended;
      if (now.isAfter(last.plus(GRACE))) {
        ledger.foldExpired(command.position().sequence());
        lastSent.remove(command.position().sequence());
        abandoned.add(command);
      }
    }
    return abandoned;
  }

  /** Whether a command for this knob still waits, its grace included. */
  public boolean waits(KnobKey key, Instant now) {
    return ledger.unanswered().stream()
        .anyMatch(
            waiting ->
                waiting.command().body() instanceof SetKnob set
                    && KnobKey.of(set).equals(key)
                    && !now.isAfter(waiting.command().expires().plus(GRACE)));
  }
}
