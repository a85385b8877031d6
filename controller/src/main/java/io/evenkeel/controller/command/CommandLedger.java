package io.evenkeel.controller.command;

import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.controller.policy.KnobKey;
import io.evenkeel.controller.policy.LastChange;
import io.evenkeel.controller.policy.PastAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one run has been commanded: a fold over the run's commands and acknowledgements, each in the
 * order of their topic; an acknowledgement may be read before its command. Folding the same record
 * twice changes nothing, so that a controller may fold its own commands when it sends them and
 * again when it reads them back.
 */
public final class CommandLedger {

  private static final int MAX_TRACKED = 4_096;
  private static final Duration BUDGET_WINDOW = Duration.ofHours(1);

  private final TreeMap<Long, TrackedCommand> tracked = new TreeMap<>();
  private final Map<Long, CommandAck> early = new LinkedHashMap<>();
  private final Set<Long> expiredEarly = new LinkedHashSet<>();
  private long highestEpoch;
  private String epochHolder = "";
  private long highestSequence;
  private int incarnation;

  /** Folds a command, of whichever controller. */
  public void fold(Command command) {
    long epoch = command.position().epoch();
    if (epoch > highestEpoch) {
      highestEpoch = epoch;
      // The first record of an epoch in the log is its holder's claim.
      epochHolder = command.body() instanceof Lease ? command.origin() : "";
    }
    long sequence = command.position().sequence();
    if (sequence == 0) {
      return;
    }
    highestSequence = Math.max(highestSequence, sequence);
    begin(command.incarnation());
    double from =
        command.body() instanceof SetKnob set && set.expectedFrom() != null
            ? set.expectedFrom()
            : Double.NaN;
    tracked.putIfAbsent(sequence, new TrackedCommand(command, null, -1, from));
    CommandAck ack = early.remove(sequence);
    if (ack != null) {
      fold(ack);
    }
    if (expiredEarly.remove(sequence)) {
      foldExpired(sequence);
    }
    while (tracked.size() > MAX_TRACKED) {
      tracked.pollFirstEntry();
    }
  }

  /** Folds an acknowledgement; the first one counts, but "applied" always does. */
  public void fold(CommandAck ack) {
    long sequence = ack.position().sequence();
    // Epochs are the controllers' own: no trainer's word ends one. Of sequences the word counts as
    // far as it may be true, for commands are not kept for ever.
    if (sequence <= highestSequence + MAX_TRACKED) {
      highestSequence = Math.max(highestSequence, sequence);
    }
    TrackedCommand known = tracked.get(ack.position().sequence());
    if (known == null) {
      early.merge(
          ack.position().sequence(),
          ack,
          (first, second) -> second.status() == AckStatus.APPLIED ? second : first);
      while (early.size() > MAX_TRACKED) {
        early.remove(early.keySet().iterator().next());
      }
      return;
    }
    if (known.command().position().epoch() != ack.position().epoch()
        || known.status() == AckStatus.APPLIED
        || known.status() != null && ack.status() != AckStatus.APPLIED) {
      return;
    }
    double from = ack.from() == null ? known.from() : ack.from();
    tracked.put(
        ack.position().sequence(),
        new TrackedCommand(
            known.command(),
            ack.status(),
            ack.status() == AckStatus.APPLIED ? ack.step() : -1,
            from));
  }

  /** Notes what telemetry shows: the trainer has applied all up to {@code sequence}. */
  public void foldApplied(long epoch, long sequence, long step) {
    TrackedCommand known = tracked.get(sequence);
    if (known != null && known.status() == null && known.command().position().epoch() == epoch) {
      tracked.put(
          sequence, new TrackedCommand(known.command(), AckStatus.APPLIED, step, known.from()));
    }
  }

  /** Notes that a command has run out of time without an answer. */
  public void foldExpired(long sequence) {
    if (!tracked.containsKey(sequence)) {
      expiredEarly.add(sequence);
      while (expiredEarly.size() > MAX_TRACKED) {
        expiredEarly.remove(expiredEarly.iterator().next());
      }
      return;
    }
    tracked.computeIfPresent(
        sequence,
        (key, known) ->
            known.status() == null
                ? new TrackedCommand(known.command(), AckStatus.EXPIRED, -1, known.from())
                : known);
  }

  /** Notes that a (newer) incarnation has begun. */
  public void begin(int newer) {
    incarnation = Math.max(incarnation, newer);
  }

  /** The largest epoch seen; 0 if none. */
  public long highestEpoch() {
    return highestEpoch;
  }

  /** Who claimed {@link #highestEpoch}; empty if unknown. */
  public String epochHolder() {
    return epochHolder;
  }

  /** The sequence for the next command. */
  public long nextSequence() {
    return highestSequence + 1;
  }

  /** The command with this sequence. */
  public Optional<TrackedCommand> find(long sequence) {
    return Optional.ofNullable(tracked.get(sequence));
  }

  /** Commands of this incarnation without an answer, oldest first, also those out of time. */
  public List<TrackedCommand> unanswered() {
    List<TrackedCommand> result = new ArrayList<>();
    for (TrackedCommand candidate : tracked.values()) {
      if (candidate.status() == null && candidate.command().incarnation() == incarnation) {
        result.add(candidate);
      }
    }
    return result;
  }

  /** The command for {@code key} that still may be acknowledged. */
  public Optional<TrackedCommand> inFlight(KnobKey key, Instant now) {
    return tracked.descendingMap().values().stream()
        .filter(candidate -> candidate.command().incarnation() == incarnation)
        .filter(candidate -> isOf(candidate.command(), key) && candidate.waits(now))
        .findFirst();
  }

  /** Latest changes of this incarnation that were applied or may yet be, by knob. */
  public Map<KnobKey, LastChange> lastChanges(Instant now) {
    Map<KnobKey, LastChange> result = new LinkedHashMap<>();
    for (TrackedCommand candidate : tracked.values()) {
      if (candidate.command().incarnation() == incarnation
          && candidate.command().body() instanceof SetKnob set
          && (candidate.status() == AckStatus.APPLIED || candidate.waits(now))) {
        Command command = candidate.command();
        result.put(
            KnobKey.of(set),
            new LastChange(
                command.issuedStep(),
                candidate.appliedStep(),
                candidate.from(),
                set.value(),
                Origin.policyOf(command.origin()),
                command.issued()));
      }
    }
    return result;
  }

  /** Actions of all incarnations that were taken or may yet be, oldest first. */
  public List<PastAction> actions(Instant now) {
    List<PastAction> result = new ArrayList<>();
    for (TrackedCommand candidate : tracked.values()) {
      Command command = candidate.command();
      if (command.body() instanceof RunAction action
          && (candidate.status() == AckStatus.APPLIED || candidate.waits(now))) {
        result.add(
            new PastAction(
                action.action(),
                action.arguments(),
                command.incarnation(),
                command.issuedStep(),
                Origin.policyOf(command.origin()),
                command.issued()));
      }
    }
    return result;
  }

  /** Commands for {@code key} in the last hour, refused ones too: a policy must not hammer. */
  public int changesLastHour(KnobKey key, Instant now) {
    Instant from = now.minus(BUDGET_WINDOW);
    int count = 0;
    for (TrackedCommand candidate : tracked.descendingMap().values()) {
      if (candidate.command().issued().isBefore(from)) {
        break;
      }
      if (isOf(candidate.command(), key)) {
        count++;
      }
    }
    return count;
  }

  /** The step of the newest decision for {@code key} in this incarnation; -1 if none. */
  public long lastIssuedStep(KnobKey key) {
    return newest(key).map(candidate -> candidate.command().issuedStep()).orElse(-1L);
  }

  /** The newest command for {@code key} in this incarnation. */
  public Optional<TrackedCommand> newest(KnobKey key) {
    return tracked.descendingMap().values().stream()
        .filter(candidate -> candidate.command().incarnation() == incarnation)
        .filter(candidate -> isOf(candidate.command(), key))
        .findFirst();
  }

  private static boolean isOf(Command command, KnobKey key) {
    return command.body() instanceof SetKnob set && KnobKey.of(set).equals(key);
  }
}
