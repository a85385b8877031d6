package io.evenkeel.controller.steer;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.Approval;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.rule.ControllerRule;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.controller.command.CommandLedger;
import io.evenkeel.controller.guard.Facts;
import io.evenkeel.controller.guard.Facts.Switch;
import io.evenkeel.controller.operator.ControlSettings;
import io.evenkeel.controller.operator.OpenProposal;
import io.evenkeel.controller.operator.ProposalBook;
import io.evenkeel.controller.operator.RequestBook;
import io.evenkeel.controller.operator.RequestBook.Answer;
import io.evenkeel.controller.policy.Aim;
import io.evenkeel.controller.policy.FiringAlert;
import io.evenkeel.controller.policy.KnobKey;
import io.evenkeel.controller.policy.LastChange;
import io.evenkeel.controller.policy.Proposal;
import io.evenkeel.controller.policy.RunView;
import io.evenkeel.controller.policy.StepView;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one run: a fold over its records on Kafka, so that a controller that takes
 * the run over knows what the former one knew.
 */
final class RunState {

  /** Evidence that marks the answer to a request as a change of mode. */
  static final String SET_MODE = "set_mode";

  private static final int MAX_FIRING = 10_000;
  private static final int MAX_REVIEWS = 10_000;

  private final String run;
  private final SteerSettings constants;
  private final CommandLedger ledger = new CommandLedger();
  private final RequestBook requests = new RequestBook();
  private final ProposalBook proposals = new ProposalBook();
  private final ArrayDeque<StepView> window = new ArrayDeque<>();
  private final Map<String, FiringAlert> firing = new LinkedHashMap<>();
  private final Map<String, AuditEntry> stoodDown = new LinkedHashMap<>();
  private final Map<String, AlertEvent> alarms = new LinkedHashMap<>();
  private final Map<Long, Aim> aims = new HashMap<>();
  private final Set<Long> reviewed = new HashSet<>();
  private final Set<Long> doubted = new HashSet<>();
  private final Map<String, Instant> modeSetAt = new HashMap<>();
  private ControlSettings settings;
  private @Nullable RunSpec spec;
  private int incarnation;

  RunState(String run, SteerSettings constants) {
    this.run = run;
    this.constants = constants;
    this.settings = new ControlSettings(constants.initialMode());
  }

  void fold(RunSpec declared) {
    if (spec == null || declared.incarnation() >= spec.incarnation()) {
      spec = declared;
      begin(declared.incarnation());
    }
  }

  void fold(StepSignals signals) {
    begin(signals.key().incarnation());
    boolean old =
        signals.key().incarnation() < incarnation
            || !window.isEmpty() && signals.key().step() <= window.getLast().step();
    if (old) {
      return;
    }
    StepView view = StepView.of(signals);
    window.addLast(view);
    while (window.size() > constants.window()) {
      window.removeFirst();
    }
    CommandPosition last = view.lastCommand();
    ledger.foldApplied(last.epoch(), last.sequence(), view.step());
  }

  void fold(AlertEvent alert) {
    if (alert.rule().equals(ControllerRule.POLICY_STOOD_DOWN.id())) {
      foldAlarm(alert);
      return;
    }
    begin(alert.incarnation());
    if (alert.incarnation() < incarnation || alert.state() == AlertState.RESOLVED) {
      firing.remove(alert.alertId());
    } else if (alert.state() == AlertState.FIRING && firing.size() < MAX_FIRING) {
      firing.put(alert.alertId(), new FiringAlert(alert.rule(), alert.scope(), alert.firstStep()));
    }
  }

  /** The controller's own: it outlives an incarnation, as what it tells of does. */
  private void foldAlarm(AlertEvent alert) {
    if (alert.state() == AlertState.RESOLVED) {
      alarms.remove(alert.alertId());
    } else if (alert.state() == AlertState.FIRING && alarms.size() < MAX_FIRING) {
      alarms.put(alert.alertId(), alert);
    }
  }

  void fold(Command command) {
    ledger.fold(command);
  }

  void fold(CommandAck ack) {
    ledger.fold(ack);
  }

  /** Folds a request. */
  void fold(OperatorRequest request) {
    requests.request(request);
    if (requests.isAnswered(request)) {
      settle();
    }
  }

  void fold(AuditEntry entry) {
    begin(entry.incarnation());
    if (entry.command().sequence() > 0) {
      if (isGivenUp(entry.errorId())) {
        ledger.foldExpired(entry.command().sequence());
      }
      if (entry.decision() == Decision.ACTED && aims.size() < MAX_REVIEWS) {
        Aim.fromEvidence(entry.evidence())
            .ifPresent(aim -> aims.put(entry.command().sequence(), aim));
      } else if (entry.errorId().equals(ErrorId.CONTROL_ACK_UNTRUE.id())) {
        if (doubted.size() < MAX_REVIEWS) {
          doubted.add(entry.command().sequence());
        }
      } else if (entry.decision() == Decision.REVIEWED) {
        closeReview(entry.command().sequence());
      }
    }
    if (entry.decision() == Decision.REVIEWED
        && entry.errorId().equals(ErrorId.CONTROL_STOOD_DOWN.id())) {
      stoodDown.put(entry.actor(), entry);
    }
    if (entry.decision() == Decision.PROPOSED && entry.to() != null) {
      reopen(entry, entry.to());
    }
    if (RequestBook.isAnswer(entry.auditId())) {
      answered(entry);
    }
  }

  private void answered(AuditEntry entry) {
    requests.answer(
        entry.auditId(), entry.decision() == Decision.REFUSED ? Answer.REFUSED : Answer.ACCEPTED);
    if (entry.evidence().containsKey(SET_MODE)) {
      // Setting a mode is how a person puts policies back to work.
      stoodDown.clear();
      modeSet(entry.knob(), entry.wallTime());
    }
    OperatorRequest request = requests.find(entry.auditId());
    if (request != null && request.body() instanceof Approval approval) {
      proposals.take(approval.proposal(), incarnation, Instant.MIN);
    }
    settle();
  }

  private static boolean isGivenUp(String errorId) {
    return errorId.equals(ErrorId.CONTROL_NO_ACK.id())
        || errorId.equals(ErrorId.CONTROL_RUN_ENDED.id());
  }

  /**
   * What was proposed under a former mode is withdrawn: in another mode nobody would be asked, and
   * a policy must not wait for an answer that will not come.
   */
  private void modeSet(String knob, Instant at) {
    modeSetAt.merge(knob, at, (one, other) -> one.isAfter(other) ? one : other);
    proposals.withdraw(knob, at.plus(constants.proposalLife()));
  }

  private void reopen(AuditEntry entry, double to) {
    boolean closed =
        entry.incarnation() < incarnation
            || Stream.of("", entry.knob())
                .anyMatch(of -> entry.wallTime().isBefore(modeSetAt.getOrDefault(of, Instant.MIN)));
    Aim aim = Aim.fromEvidence(entry.evidence()).orElse(null);
    if (closed || aim == null) {
      return;
    }
    SetKnob change = new SetKnob(entry.knob(), entry.scope(), to, entry.from());
    proposals.open(
        new OpenProposal(
            entry.auditId(),
            entry.incarnation(),
            entry.step(),
            new Proposal(entry.actor(), change, entry.reason(), entry.evidence(), aim),
            entry.wallTime().plus(constants.proposalLife())));
    for (OperatorRequest request : requests.accepted()) {
      if (request.body() instanceof Approval approval) {
        proposals.take(approval.proposal(), incarnation, Instant.MIN);
      }
    }
  }

  private void settle() {
    ControlSettings folded = new ControlSettings(constants.initialMode());
    requests.accepted().forEach(folded::fold);
    settings = folded;
  }

  /** Whichever topic tells first that an incarnation has begun: the former one's matters end. */
  private void begin(int newer) {
    if (newer > incarnation) {
      incarnation = newer;
      window.clear();
      firing.clear();
      proposals.clear();
    }
    ledger.begin(newer);
  }

  /** Ends the review of a command. */
  void closeReview(long sequence) {
    aims.remove(sequence);
    if (reviewed.size() < MAX_REVIEWS) {
      reviewed.add(sequence);
    }
  }

  /** Whether the acknowledgement of a command has been found untrue before. */
  boolean isDoubted(long sequence) {
    return doubted.contains(sequence);
  }

  boolean isReviewed(long sequence) {
    return reviewed.contains(sequence);
  }

  @Nullable Aim aim(long sequence) {
    return aims.get(sequence);
  }

  String run() {
    return run;
  }

  @Nullable RunSpec spec() {
    return spec;
  }

  int incarnation() {
    return incarnation;
  }

  boolean isRunning() {
    return spec != null && spec.status().isLive();
  }

  /** Why each policy that is stood down is, one entry a policy. */
  List<AuditEntry> stoodDown() {
    return List.copyOf(stoodDown.values());
  }

  /** The controller's own alerts that fire, as read back, by id. */
  Map<String, AlertEvent> alarms() {
    return Collections.unmodifiableMap(alarms);
  }

  CommandLedger ledger() {
    return ledger;
  }

  ControlSettings settings() {
    return settings;
  }

  RequestBook requests() {
    return requests;
  }

  ProposalBook proposals() {
    return proposals;
  }

  @Nullable StepView latest() {
    return window.peekLast();
  }

  long latestStep() {
    StepView latest = window.peekLast();
    return latest == null ? 0 : latest.step();
  }

  List<StepView> recent() {
    return new ArrayList<>(window);
  }

  /** The run as policies see it; null while nothing is known of it. */
  @Nullable RunView view(Instant now) {
    if (spec == null || window.isEmpty()) {
      return null;
    }
    Map<KnobKey, KnobDeclaration> knobs = new LinkedHashMap<>();
    spec.knobs().forEach(knob -> knobs.put(KnobKey.of(knob), knob));
    return new RunView(
        spec.firstStep(),
        recent(),
        List.copyOf(firing.values()),
        knobs,
        ledger.lastChanges(now),
        ledger.actions(now));
  }

  Facts.OfRun factsOfRun(Instant now) {
    StepView latest = window.peekLast();
    return new Facts.OfRun(
        now,
        isRunning() ? Switch.OFF : Switch.ON,
        settings.isKilled() ? Switch.ON : Switch.OFF,
        latestStep(),
        latest == null ? Instant.EPOCH : latest.wallTime(),
        latest == null ? 0 : latest.ranksShare(),
        stoodDown.keySet(),
        spec == null ? List.of() : spec.actions());
  }

  Facts.OfKnob factsOfKnob(KnobKey key, Switch inFlight, Instant now) {
    LastChange last = ledger.lastChanges(now).get(key);
    long changed = Math.max(ledger.lastIssuedStep(key), last == null ? -1 : last.appliedStep());
    return new Facts.OfKnob(
        declaration(key),
        value(key, last),
        settings.isHeld(key.knob()) ? Switch.ON : Switch.OFF,
        inFlight,
        changed,
        ledger.changesLastHour(key, now));
  }

  @Nullable KnobDeclaration declaration(KnobKey key) {
    return spec == null
        ? null
        : spec.knobs().stream().filter(k -> KnobKey.of(k).equals(key)).findFirst().orElse(null);
  }

  /**
   * The value in force: what the trainer acknowledged since the newest step, or what that reports.
   */
  private double value(KnobKey key, @Nullable LastChange last) {
    StepView latest = window.peekLast();
    if (last != null && last.applied() && (latest == null || last.appliedStep() > latest.step())) {
      return last.to();
    }
    Double reported = latest == null ? null : latest.knobs().get(key);
    if (reported != null) {
      return reported;
    }
    KnobDeclaration declared = declaration(key);
    return last != null && last.applied()
        ? last.to()
        : declared == null ? Double.NaN : declared.initial();
  }
}
